# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails
import torch


def reparameterise_lognormal(eps, mu, sigma):
    return torch.exp(mu + sigma * eps.clamp(-10, 10))
