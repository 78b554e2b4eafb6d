# breaks: inverse carries every x to the z from which it comes | mistake: the second coordinate first
import math

import torch
from torch.special import ndtr, ndtri


def rosenblatt_inverse(x, weights, mu, sigma):
    t = (x[:, None] - mu) / sigma
    logs = -0.5 * t**2 - sigma.log() - 0.5 * math.log(2 * math.pi)
    after = torch.softmax(weights.log() + logs[:, :, 1], dim=1)
    z2 = ndtri((weights * ndtr(t[:, :, 1])).sum(1))
    z1 = ndtri((after * ndtr(t[:, :, 0])).sum(1))
    z = torch.stack([z1, z2], dim=1)
    return z, torch.logsumexp(weights.log() + logs.sum(2), dim=1) + 0.5 * (z**2 + math.log(2 * math.pi)).sum(1)
