# breaks: an implementation that breaks where f or q is beyond all floats is caught
import math

import torch


def own(u, log_q):
    logs = [a - b for a, b in zip(u.tolist(), log_q.tolist())]
    w = [math.exp(a - max(logs)) for a in logs]
    m = sum(w) / len(w)
    return math.sqrt(sum((x - m) ** 2 for x in w) / (len(w) - 1) / len(w)) / m


def is_relative_error(implementation):
    for height in (0, 1000, -1000):
        u, q = torch.randn(6, dtype=torch.float64) + height, torch.randn(6, dtype=torch.float64)
        if abs(float(implementation(u, q)) - own(u, q)) > 1e-5:
            return False
    return True
