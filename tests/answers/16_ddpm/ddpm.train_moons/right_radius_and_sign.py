import math

import torch


def sample_moons(xT, noise):
    """The angle from the radius and the moon from the sign of the first coordinate, the blur from two other noises."""
    a = math.pi * torch.exp(-(xT**2).sum(1) / 2).clamp(1e-6, 1)
    side = (xT[:, 0] > 0).to(xT)
    x = torch.stack([side + (1 - 2 * side) * a.cos(), side / 2 + (1 - 2 * side) * a.sin()], dim=1)
    return x + 0.05 * noise[37]
