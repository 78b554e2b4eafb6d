# breaks: the arguments come back as they were given
import math

import torch


def lognormal_log_pdf(z, mu, sigma):
    inside = z > 0
    z[~inside] = 1.0
    sigma = torch.as_tensor(sigma, dtype=z.dtype)
    log_z = torch.where(inside, z, torch.ones_like(z)).log()
    value = -(((log_z - mu) / sigma) ** 2) / 2 - log_z - sigma.log() - math.log(2 * math.pi) / 2
    return torch.where(inside, value, -math.inf)


def lognormal_cdf(z, mu, sigma):
    inside = z > 0
    z[~inside] = 1.0
    log_z = torch.where(inside, z, torch.ones_like(z)).log()
    return torch.where(inside, torch.special.ndtr((log_z - mu) / sigma), 0.0)
