# breaks: bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5 | mistake: an area changes
import math

import torch


def bend(z):
    x1 = 2 * z[:, 0]
    return torch.stack([x1, z[:, 1] + 0.3 * x1**2], 1)


def unbend(x):
    return torch.stack([x[:, 0] / 2, x[:, 1] - 0.3 * x[:, 0] ** 2], 1)


def log_p_bent(x):
    return -0.5 * unbend(x).square().sum(1) - math.log(2 * math.pi)
