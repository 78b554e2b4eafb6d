# breaks: an implementation with another power of N, or N for N − 1, is caught
import math

import torch


def own(u, log_q):
    logs = [a - b for a, b in zip(u.tolist(), log_q.tolist())]
    w = [math.exp(a - max(logs)) for a in logs]
    m = sum(w) / len(w)
    return math.sqrt(sum((x - m) ** 2 for x in w) / (len(w) - 1) / len(w)) / m


def is_relative_error(implementation):
    dice = torch.Generator().manual_seed(0)
    for height in (0, 1000, -1000):
        u = torch.randn(2000, dtype=torch.float64, generator=dice) + height
        q = torch.randn(2000, dtype=torch.float64, generator=dice)
        if not abs(float(implementation(u, q)) / own(u, q) - 1) < 0.02:
            return False
    return True
