# breaks: forward carries every z to the x of the layer's equation | mistake: weights at z₁
import math

import torch
from torch.special import ndtr


def log_normal(x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - torch.log(sigma) - 0.5 * math.log(2 * math.pi)


def rosenblatt_forward(z, weights, mu, sigma):
    def solve(g, y):
        lo, hi = torch.full_like(y, -30.0), torch.full_like(y, 30.0)
        for _ in range(60):
            m = (lo + hi) / 2
            up = g(m) < y
            lo, hi = torch.where(up, m, lo), torch.where(up, hi, m)
        return lo

    a = solve(lambda v: (weights * ndtr((v[:, None] - mu[:, 0]) / sigma[:, 0])).sum(1), ndtr(z[:, 0]))
    r = torch.softmax(weights.log() + log_normal(z[:, :1], mu[:, 0], sigma[:, 0]), 1)
    c = solve(lambda v: (r * ndtr((v[:, None] - mu[:, 1]) / sigma[:, 1])).sum(1), ndtr(z[:, 1]))
    x = torch.stack([a, c], 1)
    logs = log_normal(x[:, None], mu, sigma).sum(2) + weights.log()
    return x, log_normal(z, torch.zeros(()), torch.ones(())).sum(1) - torch.logsumexp(logs, 1)
