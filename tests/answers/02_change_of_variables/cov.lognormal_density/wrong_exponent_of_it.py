# breaks: lognormal_log_pdf is the log density, and −∞ where z ≤ 0 | mistake: the density, not its logarithm
import math

import torch


def lognormal_log_pdf(z, mu, sigma):
    v = torch.where(z > 0, z, torch.ones_like(z))
    density = torch.exp(-((v.log() - mu) ** 2) / (2 * sigma**2)) / (v * sigma * math.sqrt(2 * math.pi))
    return torch.where(z > 0, density, torch.zeros_like(density))
