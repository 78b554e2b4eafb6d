# breaks: lognormal_log_pdf is the log density, and −∞ where z ≤ 0
import math

import torch


def lognormal_log_pdf(z, mu, sigma):
    """The constant forgotten: no √(2π), no sigma."""
    v = torch.where(z > 0, z, torch.ones_like(z))
    log_p = -((v.log() - mu) ** 2) / (2 * sigma**2) - v.log()
    return torch.where(z > 0, log_p, torch.full_like(log_p, -math.inf))
