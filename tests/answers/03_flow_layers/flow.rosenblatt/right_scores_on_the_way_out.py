import math

import torch
from torch.special import ndtr, ndtri


def _parts(x, weights, mu, sigma):
    t = (x[:, None, :] - mu) / sigma
    logs = -0.5 * t**2 - sigma.log() - 0.5 * math.log(2 * math.pi)
    joint = weights.log() + logs[..., 0]
    share = torch.exp(joint - torch.logsumexp(joint, 1, keepdim=True))
    u = torch.stack([ndtr(t[..., 0]) @ weights, (ndtr(t[..., 1]) * share).sum(1)], 1)
    return u, torch.logsumexp(joint, 1) + torch.logsumexp(share.log() + logs[..., 1], 1)


def rosenblatt_inverse(x, weights, mu, sigma):
    u, log_p = _parts(x, weights, mu, sigma)
    z = ndtri(u)
    return z, log_p + math.log(2 * math.pi) + (z * z).sum(1) / 2


def rosenblatt_forward(z, weights, mu, sigma):
    x, level = torch.zeros_like(z), ndtr(z)
    for i in (0, 1):
        a, b = torch.full_like(x[:, i], -20.0), torch.full_like(x[:, i], 20.0)
        for _ in range(70):
            x = x.clone()
            x[:, i] = (a + b) / 2
            up = _parts(x, weights, mu, sigma)[0][:, i] < level[:, i]
            a, b = torch.where(up, x[:, i], a), torch.where(up, b, x[:, i])
    return x, -rosenblatt_inverse(x, weights, mu, sigma)[1]
