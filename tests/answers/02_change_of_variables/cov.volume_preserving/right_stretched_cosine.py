# stretch 2 and ½, then a cosine; two values of f tell sign and shift
import math

import numpy as np
import torch


def bend(z):
    out = z.clone()
    out[:, 0] *= 2
    out[:, 1] = z[:, 1] / 2 - 3 * torch.cos(z[:, 0])
    return out


def unbend(x):
    out = x.clone()
    out[:, 0] = x[:, 0] / 2
    out[:, 1] = 2 * (x[:, 1] + 3 * torch.cos(x[:, 0] / 2))
    return out


def log_p_bent(x):
    z = unbend(x)
    return -math.log(2 * math.pi) - 0.5 * (z * z).sum(-1)


def shift_or_reflection(f):
    left, right = f(torch.tensor([-1.0, 1.0], dtype=torch.float64)).tolist()
    return (right - left) / 2, (right + left) / 2


def what_changes(entropy, log_max, volume, ladj):
    values = np.array([entropy + ladj, log_max - ladj, np.exp(np.log(volume) + ladj)])
    return dict(zip(("entropy", "log_max", "volume"), values))
