# breaks: the arguments come back as they were given
import math

import torch


def bend(z):
    z[:, 1] += z[:, 0] ** 2
    return z.clone()


def unbend(x):
    return torch.stack([x[:, 0], x[:, 1] - x[:, 0] ** 2], dim=1)


def log_p_bent(x):
    z = torch.stack([x[:, 0], x[:, 1] - x[:, 0] ** 2], dim=1)
    return -(z**2).sum(1) / 2 - math.log(2 * math.pi)


def shift_or_reflection(f):
    b, one = f(torch.tensor([0.0, 1.0], dtype=torch.float64)).tolist()
    return round(one - b), b


def what_changes(entropy, log_max, volume, ladj):
    return {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume * math.exp(ladj)}
