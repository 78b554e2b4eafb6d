# breaks: every column has unit variance | mistake: the standard error
import torch


def standardise(x):
    m = x.mean(0)
    s = x.std(0, unbiased=False) / x.shape[0] ** 0.5
    constant = (x == x[:1]).all(0)
    z = (x - m) / torch.where(constant, torch.ones_like(s), s)
    return torch.where(constant, torch.zeros_like(z), z)
