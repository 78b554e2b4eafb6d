# breaks: every column has unit variance
import torch


def standardise(x):
    m = x.mean(0)
    s = x.std(0, unbiased=False)
    constant = x[0] == x[-1]
    z = (x - m) / torch.where(constant, torch.ones_like(s), s)
    return torch.where(constant, torch.zeros_like(z), z)
