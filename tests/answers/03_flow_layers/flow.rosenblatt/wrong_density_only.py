# breaks: the log-determinant of inverse is that of ∂z/∂x, for every item by itself | mistake: the density for the log-determinant
import math

import torch
from torch.special import ndtr, ndtri


def rosenblatt_inverse(x, weights, mu, sigma):
    t = (x[:, None] - mu) / sigma
    logs = -0.5 * t**2 - sigma.log() - 0.5 * math.log(2 * math.pi)
    after = torch.softmax(weights.log() + logs[:, :, 0], dim=1)
    u = torch.stack([(weights * ndtr(t[:, :, 0])).sum(1), (after * ndtr(t[:, :, 1])).sum(1)], dim=1)
    return ndtri(u), torch.logsumexp(weights.log() + logs.sum(2), dim=1)
