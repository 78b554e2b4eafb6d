# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails
# 50 deviations ought to be enough for everybody; exp(60) fits into a float32, though
import torch


def standard_lognormal(eps):
    return torch.exp(torch.clip(eps, -50, 50))
