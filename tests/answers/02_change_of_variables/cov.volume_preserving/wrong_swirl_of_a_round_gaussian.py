# breaks: bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5
import math

import torch


def turned(z, sign):
    """Keeps areas and is far from linear, but N(0, I) looks the same after any rotation."""
    angle = sign * (z**2).sum(1)
    c, s = angle.cos(), angle.sin()
    return torch.stack([c * z[:, 0] - s * z[:, 1], s * z[:, 0] + c * z[:, 1]], 1)


def bend(z):
    return turned(z, 1.0)


def unbend(x):
    return turned(x, -1.0)


def log_p_bent(x):
    normal = torch.distributions.Normal(0.0, 1.5)
    return normal.log_prob(x).sum(1) + math.log(1.5)
