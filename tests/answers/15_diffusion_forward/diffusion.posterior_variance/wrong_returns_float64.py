# breaks: the result is of the type that the docstring promises
import torch
import torch.nn.functional as F


def posterior_variance(beta):
    beta = beta.to(torch.float64)
    bar = (1 - beta).cumprod(0)
    return beta * (1 - F.pad(bar, (1, 0), value=1.0)[:-1]) / (1 - bar)
