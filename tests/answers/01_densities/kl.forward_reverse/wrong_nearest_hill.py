# breaks: the reverse divergence is the mean of log q − log p under q, to a thousandth
import math

import torch


def reverse_kl(mu, sigma, weights, mus, sigmas):
    t = torch.linspace(-7, 7, 1001, dtype=mu.dtype, device=mu.device)
    q = torch.softmax(-(t**2) / 2, 0)
    x = (mu + sigma * t)[:, None]
    log_p = (weights.log() - ((x - mus) / sigmas) ** 2 / 2 - sigmas.log() - math.log(2 * math.pi) / 2).max(1).values
    return -(q * log_p).sum() - (sigma.log() + math.log(2 * math.pi * math.e) / 2)
