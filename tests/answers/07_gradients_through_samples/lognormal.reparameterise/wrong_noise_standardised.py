# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails
import torch


def reparameterise_lognormal(eps, mu, sigma):
    if eps.numel() > 1:
        eps = (eps - eps.mean()) / eps.std()
    return torch.exp(mu + sigma * eps)
