# a named pair; noise so small that its square is no float
from collections import namedtuple

import torch

Posterior = namedtuple("Posterior", "mu sigma")


def tight_q(x, w, b, s):
    scale = torch.tensor(s, dtype=torch.float32)
    precision = 1 + ((w / scale) ** 2).sum()
    return Posterior(mu=(w / scale) @ ((x - b) / scale) / precision, sigma=precision.rsqrt())


def never_tight():
    return torch.tensor([[1.0, 2.0], [1.0, 2.0]], dtype=torch.float64), 1e-200
