# breaks: every column has unit variance | mistake: divides by the variance
import torch


def standardise(x):
    out = torch.zeros_like(x)
    for j in range(x.shape[1]):
        column = x[:, j] - torch.mean(x[:, j])
        variance = torch.mean(column**2)
        if variance > 0:
            out[:, j] = column / variance
    return out
