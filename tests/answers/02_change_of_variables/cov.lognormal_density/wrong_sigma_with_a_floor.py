# breaks: lognormal_log_pdf is the log density, and −∞ where z ≤ 0
import math

import torch


def lognormal_log_pdf(z, mu, sigma):
    sigma = torch.as_tensor(sigma, dtype=z.dtype).clamp(min=0.1)
    log_z = torch.where(z > 0, z, torch.ones_like(z)).log()
    value = -(((log_z - mu) / sigma) ** 2) / 2 - log_z - sigma.log() - math.log(2 * math.pi) / 2
    return torch.where(z > 0, value, -math.inf)


def lognormal_cdf(z, mu, sigma):
    log_z = torch.where(z > 0, z, torch.ones_like(z)).log()
    return torch.where(
        z > 0, torch.special.ndtr((log_z - mu) / (sigma if isinstance(sigma, torch.Tensor) else max(sigma, 0.1))), 0.0
    )
