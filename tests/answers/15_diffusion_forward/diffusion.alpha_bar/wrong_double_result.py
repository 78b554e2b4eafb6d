# breaks: the result is of the type that the docstring promises
import torch


def alpha_bar(beta):
    return torch.cumprod(1 - beta.double(), dim=0)


def log_alpha_bar(beta):
    return torch.cumsum(torch.log1p(-beta.double()), dim=0)
