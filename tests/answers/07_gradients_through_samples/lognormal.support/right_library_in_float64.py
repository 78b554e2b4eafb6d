# a finite interval next to 0, as wide as q at least; the library's densities, and −∞ by where
import math

import torch
from scipy.stats import norm
from torch.distributions import LogNormal, Normal


def impossible_event(mu, sigma):
    q, low = norm(mu, sigma), min(-1.0, mu - sigma)
    upper, lower = q.logcdf(0.0), q.logcdf(low)
    return low, 0.0, upper + math.log1p(-math.exp(lower - upper))


def sampled_kl(mu, sigma, eps):
    eps = eps.double()
    z = mu + sigma * eps
    safe = torch.where(z > 0, z, torch.ones_like(z))
    log_p = torch.where(z > 0, LogNormal(0.0, 1.0).log_prob(safe), -torch.inf)
    return (Normal(mu, sigma).log_prob(z) - log_p).mean()
