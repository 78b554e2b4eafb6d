# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails
import torch


def rescale_lognormal(z, mu, sigma):
    return torch.exp(mu + sigma * torch.log(z + 1e-8))
