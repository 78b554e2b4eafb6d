# breaks: every column has unit variance
import torch


def standardise(x):
    constant = torch.isclose(x, x[0]).all(0)
    return torch.where(constant, 0.0, (x - x.mean(0)) / x.std(0))
