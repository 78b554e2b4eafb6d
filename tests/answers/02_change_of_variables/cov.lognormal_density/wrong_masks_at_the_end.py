# breaks: its gradients in mu and sigma are right, and finite where z ≤ 0 | mistake: the branch not taken still has a gradient
import math

import torch


def lognormal_log_pdf(z, mu, sigma):
    log_sigma = sigma.log() if torch.is_tensor(sigma) else math.log(sigma)
    log_p = -torch.log(z) - log_sigma - 0.5 * math.log(2 * math.pi) - ((torch.log(z) - mu) / sigma) ** 2 / 2
    return torch.where(z > 0, log_p, -math.inf)
