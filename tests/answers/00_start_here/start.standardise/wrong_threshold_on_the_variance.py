# breaks: every column has unit variance
import torch


def standardise(x):
    mean, var = x.mean(0), x.var(0)
    return torch.where(var < 1e-12, 0.0, (x - mean) / var.sqrt())
