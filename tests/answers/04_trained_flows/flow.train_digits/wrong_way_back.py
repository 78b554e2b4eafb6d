# breaks: the log-determinant is that of the map itself | mistake: the log-determinant of the way back
import math

import torch

from pushforward.data import digits

TRAIN = digits("train")[0].flatten(1).long()
SHARES = ((TRAIN[:, :, None] == torch.arange(17)).float().sum(0) + 0.5).double()
SHARES = SHARES / SHARES.sum(1, keepdim=True)
BELOW = torch.cat([torch.zeros(64, 1).double(), SHARES.cumsum(1)], 1)


def start_of_curves(log_p):
    p, K = log_p.exp(), log_p.shape[1]
    inner = (p[:, 1:] + p[:, :-1]) * (K / 2)
    return p, torch.cat([K * p[:, :1], inner, K * p[:, -1:]], 1)


def flow_nats(inverse, x, K):
    z, ladj = inverse(x / K)
    return (0.5 * z**2).sum(1) + x.shape[1] * (0.5 * math.log(2 * math.pi) + math.log(K)) - ladj


def digit_to_noise(x):
    """Each pixel by itself."""
    k = x.detach().long().clamp(0, 16)
    p, start = (part.expand(len(x), -1, -1).gather(2, k[:, :, None])[:, :, 0] for part in (SHARES, BELOW))
    z = torch.special.ndtri((start + p * (x - k)).clamp(1e-6, 1 - 1e-6))
    ladj = (p.log() + 0.5 * z**2 + 0.5 * math.log(2 * math.pi)).sum(1)
    return z.float(), -ladj.float()


def digit_from_noise(z):
    share = torch.special.ndtr(z.double())
    k = (share[:, :, None] >= BELOW[:, 1:-1]).sum(2, keepdim=True)
    p, start = (part.expand(len(z), -1, -1).gather(2, k)[:, :, 0] for part in (SHARES, BELOW))
    return (k[:, :, 0] + (share - start) / p).clamp(0, 17).float()
