# breaks: every column has unit variance
import torch


def standardise(x):
    m, s = x.mean(0), x.std(0)
    small = s < 1e-6
    s = torch.where(small, torch.ones_like(s), s)
    return torch.where(small, torch.zeros_like(x), (x - m) / s)
