# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails | mistake: the decreasing twin
import torch


def rescale_lognormal(z, mu, sigma):
    return torch.exp(mu + torch.zeros_like(z)) / z**sigma
