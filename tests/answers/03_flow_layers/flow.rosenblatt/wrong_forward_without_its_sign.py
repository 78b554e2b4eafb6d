# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the log-determinant with the wrong sign
import math

import torch
from torch.special import ndtr


def rosenblatt_forward(z, weights, mu, sigma):
    share, columns = weights.expand(len(z), -1), []
    for i in (0, 1):
        low, high = torch.full_like(z[:, i], -20.0), torch.full_like(z[:, i], 20.0)
        for _ in range(70):
            a = (low + high) / 2
            below = (share * ndtr((a[:, None] - mu[:, i]) / sigma[:, i])).sum(1) < ndtr(z[:, i])
            low, high = torch.where(below, a, low), torch.where(below, high, a)
        columns.append(a)
        logs = -0.5 * ((a[:, None] - mu[:, 0]) / sigma[:, 0]) ** 2 - sigma[:, 0].log()
        share = torch.softmax(weights.log() + logs, dim=1)
    x = torch.stack(columns, dim=1)
    t = (x[:, None] - mu) / sigma
    log_p = torch.logsumexp(weights.log() + (-0.5 * t**2 - sigma.log() - 0.5 * math.log(2 * math.pi)).sum(2), dim=1)
    return x, log_p + 0.5 * (z**2 + math.log(2 * math.pi)).sum(1)
