# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails | mistake: the decreasing twin
import torch


def standard_lognormal(eps):
    return torch.reciprocal(torch.exp(eps))
