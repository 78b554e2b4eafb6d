# breaks: it is finite and right where q lies far from every hill
import math

import torch


def reverse_kl(mu, sigma, weights, mus, sigmas):
    t = torch.linspace(-7, 7, 1001, dtype=mu.dtype, device=mu.device)
    q = torch.softmax(-(t**2) / 2, 0)
    x = (mu + sigma * t)[:, None]
    p = (weights * torch.exp(-(((x - mus) / sigmas) ** 2) / 2 - sigmas.log() - math.log(2 * math.pi) / 2)).sum(1)
    return -(q * p.clamp(min=1e-30).log()).sum() - (sigma.log() + math.log(2 * math.pi * math.e) / 2)
