# breaks: every column has unit variance
import torch


def standardise(x):
    """The spread from E x² − (E x)², of which nothing is left where the mean is large beside it."""
    mean, second = x.mean(0), x.pow(2).mean(0)
    spread = (second - mean.pow(2)).relu().sqrt()
    constant = (x == x[:1]).all(0)
    z = (x - mean) / torch.where(spread > 0, spread, 1.0)
    return z.masked_fill(constant, 0.0)
