# breaks: every right implementation is accepted, however it is written
import math

import torch


def own(u, log_q):
    logs = [a - b for a, b in zip(u.tolist(), log_q.tolist())]
    w = [math.exp(a - max(logs)) for a in logs]
    m = sum(w) / len(w)
    return math.sqrt(sum((x - m) ** 2 for x in w) / (len(w) - 1) / len(w)) / m


def is_relative_error(implementation):
    u = torch.linspace(-1, 1, 6, dtype=torch.float64)
    return float(implementation(u, u**2)) == own(u, u**2)
