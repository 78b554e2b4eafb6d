# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails
import torch


def standard_lognormal(eps):
    return torch.exp(eps.clamp(max=20.0))
