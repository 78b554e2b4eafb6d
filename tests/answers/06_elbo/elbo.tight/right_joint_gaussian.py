# (z, x) is jointly normal: condition it on x
import torch


def tight_q(x, w, b, s):
    gain = torch.linalg.solve(torch.outer(w, w) + s**2 * torch.eye(len(w)).to(w), w)
    return gain @ (x - b), torch.sqrt(1 - gain @ w)


def never_tight():
    return [[1.0, 1.0], [2.0, 2.0]], 0.1
