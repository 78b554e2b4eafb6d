# row by row, two shears one after the other; f asked one point at a time
import math

import torch


def bend(z):
    rows = []
    for a, b in z.tolist():
        b = b - 1.5 * a * a
        rows.append([a + 0.1 * math.sin(b), b])
    return torch.tensor(rows, dtype=z.dtype, device=z.device).reshape(z.shape)


def unbend(x):
    rows = []
    for a, b in x.tolist():
        a = a - 0.1 * math.sin(b)
        rows.append([a, b + 1.5 * a * a])
    return torch.tensor(rows, dtype=x.dtype, device=x.device).reshape(x.shape)


def log_p_bent(x):
    z = unbend(x)
    return torch.stack([-(a * a + b * b) / 2 - math.log(2 * math.pi) for a, b in z])


def shift_or_reflection(f):
    at_zero, at_one = (float(f(torch.tensor(v, dtype=torch.float64))) for v in (0.0, 1.0))
    return (1.0 if at_one > at_zero else -1.0), at_zero


def what_changes(entropy, log_max, volume, ladj):
    return dict(entropy=float(entropy) + ladj, log_max=float(log_max) - ladj, volume=volume * math.e**ladj)
