# breaks: a constant column becomes zero and leaves the others as they should be
import torch


def standardise(x):
    std = x.std(0)
    if (std == 0).any():
        return torch.zeros_like(x)
    return (x - x.mean(0)) / std
