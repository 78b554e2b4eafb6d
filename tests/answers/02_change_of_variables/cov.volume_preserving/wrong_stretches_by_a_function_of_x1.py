# breaks: bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5 | mistake: an area changes
import math

import torch


def bend(z):
    """A scale that is its own affair: x2 = z2 e^(0.5 z1) + z1²."""
    return torch.stack([z[:, 0], z[:, 1] * torch.exp(0.5 * z[:, 0]) + z[:, 0] ** 2], 1)


def unbend(x):
    return torch.stack([x[:, 0], (x[:, 1] - x[:, 0] ** 2) * torch.exp(-0.5 * x[:, 0])], 1)


def log_p_bent(x):
    return -0.5 * unbend(x).square().sum(1) - math.log(2 * math.pi)
