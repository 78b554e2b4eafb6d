# breaks: inverse carries every x to the z from which it comes
import math

import torch
from torch.special import ndtr, ndtri


def rosenblatt_inverse(x, weights, mu, sigma):
    t = (x[:, None] - mu) / sigma
    logs = -0.5 * t**2 - sigma.log() - 0.5 * math.log(2 * math.pi)
    nearest = torch.nn.functional.one_hot((weights.log() + logs[:, :, 0]).argmax(1), len(weights)).to(x)
    u = torch.stack([(weights * ndtr(t[:, :, 0])).sum(1), (nearest * ndtr(t[:, :, 1])).sum(1)], dim=1)
    z = ndtri(u)
    return z, torch.logsumexp(weights.log() + logs.sum(2), dim=1) + 0.5 * (z**2 + math.log(2 * math.pi)).sum(1)
