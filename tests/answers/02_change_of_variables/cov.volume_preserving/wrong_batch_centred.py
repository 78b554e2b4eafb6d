# breaks: bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5
import math

import torch


def bend(z):
    return torch.stack([z[:, 0], z[:, 1] + z[:, 0] ** 2 - (z[:, 0] ** 2).mean()], 1)


def unbend(x):
    return torch.stack([x[:, 0], x[:, 1] - x[:, 0] ** 2 + (x[:, 0] ** 2).mean()], 1)


def log_p_bent(x):
    z = unbend(x)
    return -0.5 * (z**2).sum(1) - math.log(2 * math.pi)


def shift_or_reflection(f):
    z = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    y = f(z)
    (s,) = torch.autograd.grad(y.sum(), z)
    return (1.0 if float(s) > 0 else -1.0), float(y)


def what_changes(entropy, log_max, volume, ladj):
    return {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume * math.exp(ladj)}
