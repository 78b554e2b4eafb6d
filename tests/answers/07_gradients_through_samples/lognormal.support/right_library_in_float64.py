# a finite interval next to 0; the library's densities, and −∞ by where
import math

import torch
from scipy.stats import norm
from torch.distributions import LogNormal, Normal


def impossible_event(mu, sigma):
    q = norm(mu, sigma)
    upper, lower = q.logcdf(0.0), q.logcdf(-1.0)
    return -1.0, 0.0, upper + math.log1p(-math.exp(lower - upper))


def sampled_kl(mu, sigma, eps):
    eps = eps.double()
    z = mu + sigma * eps
    safe = torch.where(z > 0, z, torch.ones_like(z))
    log_p = torch.where(z > 0, LogNormal(0.0, 1.0).log_prob(safe), -torch.inf)
    return (Normal(mu, sigma).log_prob(z) - log_p).mean()
