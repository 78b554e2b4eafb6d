# breaks: lognormal_log_pdf is the log density, and −∞ where z ≤ 0
import math

import torch


def lognormal_log_pdf(z, mu, sigma):
    log_sigma = torch.as_tensor(sigma).to(z).log()
    log_z = torch.where(z > 0, z, torch.ones_like(z)).log()
    log_p = log_z - log_sigma - 0.5 * math.log(2 * math.pi) - 0.5 * ((log_z - mu) / sigma) ** 2
    return log_p.masked_fill(z <= 0, -math.inf)
