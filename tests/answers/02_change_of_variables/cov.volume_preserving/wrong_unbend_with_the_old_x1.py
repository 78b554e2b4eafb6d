# breaks: bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5
import torch


def bend(z):
    x1 = z[:, 0] + 0.5 * torch.sin(z[:, 1])
    return torch.stack([x1, z[:, 1] + x1**2], 1)


def unbend(x):
    """Undoes the two shears in the order in which they were done."""
    z1 = x[:, 0] - 0.5 * torch.sin(x[:, 1])
    return torch.stack([z1, x[:, 1] - z1**2], 1)
