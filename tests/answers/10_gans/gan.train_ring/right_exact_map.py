import math

import torch


def generate_ring(z):
    """Angle and radius of the noise are independent: eight sectors, and two uniform numbers in each."""
    turn = (torch.atan2(z[:, 1], z[:, 0]) / (2 * math.pi)) % 1
    k = (8 * turn).floor()
    u = (8 * turn - k).clamp(1e-4, 1 - 1e-4)
    r = torch.exp(-(z**2).sum(1) / 2).clamp(1e-4, 1 - 1e-4)
    angle = 2 * math.pi * k / 8
    return torch.stack([angle.cos(), angle.sin()], dim=1) + 0.05 * torch.special.ndtri(torch.stack([u, r], dim=1))
