# breaks: inverse carries every x to the z from which it comes | mistake: marginal distribution functions only
import math

import torch
from torch.special import ndtr, ndtri


def log_normal(x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - torch.log(sigma) - 0.5 * math.log(2 * math.pi)


def rosenblatt_inverse(x, weights, mu, sigma):
    p = x[:, :, None]
    F = (weights * ndtr((p - mu.T) / sigma.T)).sum(2)
    z = ndtri(F)
    logs = log_normal(x[:, None], mu, sigma).sum(2) + weights.log()
    return z, torch.logsumexp(logs, 1) - log_normal(z, torch.zeros(()), torch.ones(())).sum(1)
