# at least the input's precision: float64 whatever came in, in-place on a copy
import torch


def standardise(x):
    z = x.to(torch.float64, copy=True)
    z -= z.mean(dim=0)
    spread = z.std(dim=0)
    z[:, spread > 0] /= spread[spread > 0]
    return z
