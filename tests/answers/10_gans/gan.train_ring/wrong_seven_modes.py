# breaks: all eight modes are covered | mistake: collapse
import math

import torch


def generate_ring(z):
    turn = (torch.atan2(z[:, 1], z[:, 0]) / (2 * math.pi)) % 1
    k = (7 * turn).floor()
    u = (7 * turn - k).clamp(1e-3, 1 - 1e-3)
    angle = 2 * math.pi * k / 8
    r = torch.exp(-(z**2).sum(1) / 2).clamp(1e-3, 1 - 1e-3)
    offset = 0.05 * torch.special.ndtri(torch.stack([u, r], dim=1))
    return torch.stack([angle.cos(), angle.sin()], dim=1) + offset
