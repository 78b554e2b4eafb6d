# breaks: the result is of the type that the docstring promises
import torch


def standardise(x):
    z = x.to(torch.float64, copy=True)
    constant = (z == z[0]).all(dim=0)
    z -= z.mean(dim=0)
    z /= z.std(dim=0)
    z[:, constant] = 0
    return z
