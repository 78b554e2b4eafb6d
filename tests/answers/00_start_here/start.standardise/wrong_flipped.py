# breaks: every column has unit variance | mistake: mirrored
import torch


def standardise(x):
    m = x.mean(0)
    s = x.std(0, unbiased=False)
    constant = (x == x[:1]).all(0)
    z = (m - x) / torch.where(constant, torch.ones_like(s), s)
    return torch.where(constant, torch.zeros_like(z), z)
