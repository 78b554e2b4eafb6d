# breaks: bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5
import torch


def bend(z):
    """Every area stays, but left and right fall on each other."""
    return torch.stack([z[:, 0].abs(), z[:, 1] + 2 * z[:, 0] ** 2], 1)


def unbend(x):
    return torch.stack([x[:, 0], x[:, 1] - 2 * x[:, 0] ** 2], 1)
