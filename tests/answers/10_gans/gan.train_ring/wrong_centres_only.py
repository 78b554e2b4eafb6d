# breaks: the modes are as wide as the truth to within 40 %
import math

import torch


def generate_ring(z):
    turn = torch.atan2(z[:, 1], z[:, 0]) / (2 * math.pi)
    angle = 2 * math.pi * (8 * turn).round() / 8
    return torch.stack([angle.cos(), angle.sin()], dim=1) + 0.005 * z
