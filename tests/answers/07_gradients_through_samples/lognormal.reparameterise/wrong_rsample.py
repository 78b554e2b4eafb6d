# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails | mistake: noise of its own
import torch
from torch.distributions import LogNormal


def reparameterise_lognormal(eps, mu, sigma):
    zero = torch.zeros_like(eps)
    return LogNormal(mu + zero, sigma + zero).rsample()
