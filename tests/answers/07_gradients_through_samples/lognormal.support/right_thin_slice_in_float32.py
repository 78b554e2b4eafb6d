# a slice so thin that q is constant in it; single precision as it came, NaN replaced by infinity
import math

import torch


def impossible_event(mu, sigma):
    a, b = -2e-6, -1e-6
    middle = torch.tensor(((a + b) / 2 - mu) / sigma, dtype=torch.float64)
    return a, b, -(middle**2) / 2 - math.log(sigma * math.sqrt(2 * math.pi)) + math.log(b - a)


def sampled_kl(mu, sigma, eps):
    z = eps.mul(sigma).add(mu)
    log_z = z.clamp(min=0).log()
    terms = log_z**2 / 2 + log_z - eps**2 / 2 - math.log(sigma)
    return torch.where(z > 0, terms, torch.full_like(z, math.inf)).mean()
