# breaks: bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5
import math

import torch


def beyond(z):
    """What lies farther out than 6."""
    return z - z.clamp(-6, 6)


def bend(z):
    first = z[:, 0] + beyond(z[:, 0]) / 4
    return torch.stack([first, z[:, 1] + z[:, 0] ** 2], dim=1)


def unbend(x):
    first = x[:, 0] - beyond(x[:, 0]) / 5
    return torch.stack([first, x[:, 1] - first**2], dim=1)


def log_p_bent(x):
    return -(unbend(x) ** 2).sum(1) / 2 - math.log(2 * math.pi)


def shift_or_reflection(f):
    b, one = f(torch.tensor([0.0, 1.0], dtype=torch.float64)).tolist()
    return (1.0, b) if one > b else (-1.0, b)


def what_changes(entropy, log_max, volume, ladj):
    return {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume * math.exp(ladj)}
