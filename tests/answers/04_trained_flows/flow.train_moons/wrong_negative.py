# breaks: it is a density: its mass over the plane is not above one, and it is not better than the truth | mistake: negative log likelihood
import math

import torch


def true(x, noise=0.05, points=300):
    """The law of the moons by the midpoint rule."""
    a = math.pi * (torch.arange(points, dtype=torch.float64) + 0.5) / points
    upper = torch.stack([a.cos(), a.sin()], dim=1)
    centres = torch.cat([upper, torch.tensor([1.0, 0.5], dtype=torch.float64) - upper])
    parts = [
        torch.logsumexp(-(torch.cdist(part, centres) ** 2) / (2 * noise**2), dim=1) for part in x.double().split(5000)
    ]
    return torch.cat(parts) - math.log(2 * math.pi * noise**2 * 2 * points)


def normal(x):
    return -0.5 * (x.double() ** 2 + math.log(2 * math.pi)).sum(1)


def moons_log_p(x):
    return -true(x).float()
