# breaks: inverse carries every x to the z from which it comes | mistake: the old weights left out of the new ones
import math

import torch
from torch.special import ndtr, ndtri


def log_normal(x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - torch.log(sigma) - 0.5 * math.log(2 * math.pi)


def rosenblatt_inverse(x, weights, mu, sigma):
    r = torch.softmax(log_normal(x[:, :1], mu[:, 0], sigma[:, 0]), 1)
    F1 = (weights * ndtr((x[:, :1] - mu[:, 0]) / sigma[:, 0])).sum(1)
    F2 = (r * ndtr((x[:, 1:] - mu[:, 1]) / sigma[:, 1])).sum(1)
    z = torch.stack([ndtri(F1), ndtri(F2)], 1)
    logs = log_normal(x[:, None], mu, sigma).sum(2) + weights.log()
    return z, torch.logsumexp(logs, 1) - log_normal(z, torch.zeros(()), torch.ones(())).sum(1)
