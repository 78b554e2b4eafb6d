# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails | mistake: through the distribution functions
import torch


def standard_lognormal(eps):
    return torch.exp(torch.special.ndtri(torch.special.ndtr(eps)))
