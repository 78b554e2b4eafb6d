import math

import torch


def own(u, log_q):
    logs = [a - b for a, b in zip(u.tolist(), log_q.tolist())]
    w = [math.exp(a - max(logs)) for a in logs]
    m = sum(w) / len(w)
    return math.sqrt(sum((x - m) ** 2 for x in w) / (len(w) - 1) / len(w)) / m


def is_relative_error(implementation):
    for n in (2, 3, 7, 20):
        for far in (0, 900, -900):
            u = torch.randn(n, dtype=torch.float64) + far
            q = torch.randn(n, dtype=torch.float64)
            if not math.isclose(float(implementation(u, q)), own(u, q), rel_tol=1e-4, abs_tol=1e-9):
                return False
    return True
