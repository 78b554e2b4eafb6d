# breaks: inverse carries every x to the z from which it comes | mistake: marginal distribution functions only
import math

import torch
from torch.special import ndtr, ndtri


def rosenblatt_inverse(x, weights, mu, sigma):
    t = (x[:, None] - mu) / sigma
    z = ndtri((weights[:, None] * ndtr(t)).sum(1))
    density = (weights[:, None] * torch.exp(-0.5 * t**2) / sigma).sum(1) / math.sqrt(2 * math.pi)
    return z, density.log().sum(1) + 0.5 * (z**2 + math.log(2 * math.pi)).sum(1)
