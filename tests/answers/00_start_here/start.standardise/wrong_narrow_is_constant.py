# breaks: every column has unit variance
import torch


def standardise(x):
    """Takes a column for constant if its range is small beside its size, as isclose would."""
    same = x.amax(0) - x.amin(0) <= 1e-5 * x.abs().amax(0)
    off = x - x.mean(0)
    return torch.where(same, 0, off / torch.where(same, 1, x.std(0)))
