# breaks: forward carries every z to the x of the layer's equation | mistake: an interval without the solution
import math

import torch
from torch.special import ndtr


def _log_normal(x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - torch.log(sigma) - 0.5 * math.log(2 * math.pi)


def _quantile(weights, mu, sigma, level):
    low, high = torch.full_like(level, -4.0), torch.full_like(level, 4.0)
    for _ in range(100):
        middle = (low + high) / 2
        below = (weights * ndtr((middle[:, None] - mu) / sigma)).sum(1) < level
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (low + high) / 2


def rosenblatt_forward(z, weights, mu, sigma):
    x1 = _quantile(weights.expand(len(z), -1), mu[:, 0], sigma[:, 0], ndtr(z[:, 0]))
    after = torch.softmax(weights.log() + _log_normal(x1[:, None], mu[:, 0], sigma[:, 0]), dim=1)
    x = torch.stack([x1, _quantile(after, mu[:, 1], sigma[:, 1], ndtr(z[:, 1]))], dim=1)
    log_p = (weights.log() + _log_normal(x[:, None], mu, sigma).sum(2)).logsumexp(1)
    return x, -log_p - 0.5 * (z**2 + math.log(2 * math.pi)).sum(1)
