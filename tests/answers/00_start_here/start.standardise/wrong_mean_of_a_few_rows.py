# breaks: every column has mean zero
import torch


def standardise(x):
    few = x[:100]
    constant = (x == x[0]).all(0)
    return torch.where(constant, 0.0, (x - few.mean(0)) / few.std(0))
