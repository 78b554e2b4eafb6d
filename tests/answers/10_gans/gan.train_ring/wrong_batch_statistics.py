# breaks: a sample depends on its own noise only, and is the same whenever it is asked for
import math

import torch


def generate_ring(z):
    z = (z - z.mean(0)) / z.std(0)
    turn = (torch.atan2(z[:, 1], z[:, 0]) / (2 * math.pi)) % 1
    k = (8 * turn).floor()
    angle = 2 * math.pi * k / 8
    return torch.stack([angle.cos(), angle.sin()], dim=1) + 0.05 * z.flip(1)
