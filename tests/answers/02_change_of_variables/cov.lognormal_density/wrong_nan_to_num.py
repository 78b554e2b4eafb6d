# breaks: its gradients in mu and sigma are right, and finite where z ≤ 0
import math

import torch


def lognormal_log_pdf(z, mu, sigma):
    """NaN swept away at the end; what is −∞ of itself stays."""
    log_sigma = sigma.log() if torch.is_tensor(sigma) else math.log(sigma)
    u = (torch.log(z) - mu) / sigma
    log_p = -torch.log(z) - u * u / 2 - log_sigma - math.log(2 * math.pi) / 2
    return torch.nan_to_num(log_p, nan=-math.inf, neginf=-math.inf, posinf=-math.inf)
