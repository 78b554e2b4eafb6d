# breaks: the result is of the type that the docstring promises
import torch


def posterior_variance(beta):
    kept = torch.cumprod(1 - beta.double(), 0)
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    return (1 - before) / (1 - kept) * beta
