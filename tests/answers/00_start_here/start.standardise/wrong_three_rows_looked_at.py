# breaks: every column has unit variance
import torch


def standardise(x):
    """Takes a column for constant if its first, middle and last row agree."""
    same = (x[[len(x) // 2, -1]] == x[0]).all(0)
    off = x - x.mean(0)
    spread = torch.where(same, 1, off.square().mean(0).sqrt())
    return torch.where(same, 0, off / spread)
