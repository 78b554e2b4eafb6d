# breaks: lognormal_log_pdf is the log density, and −∞ where z ≤ 0
import math

import torch


def lognormal_log_pdf(z, mu, sigma):
    """mu taken for the logarithm of Z's mean."""
    v = torch.where(z > 0, z, torch.ones_like(z))
    log_sigma = torch.as_tensor(sigma).to(z).log()
    u = (v.log() - mu + sigma**2 / 2) / sigma
    return (-u * u / 2 - (v.log() + log_sigma) - math.log(2 * math.pi) / 2).masked_fill(z <= 0, -math.inf)
