# breaks: a bound whose bins are not one level wide is caught | mistake: in the middle only
import math

import torch


def is_bound(implementation):
    levels = torch.tensor([[0.0, 3.0, 16.0], [7.0, 1.0, 9.0]], dtype=torch.float64)
    u = torch.tensor([[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]], dtype=torch.float64)
    mean = torch.tensor([2.0, 5.0, 11.0], dtype=torch.float64)
    std = torch.tensor([1.5, 3.0, 2.0], dtype=torch.float64)
    want = (0.5 * ((levels + u - mean) / std) ** 2 + std.log() + 0.5 * math.log(2 * math.pi)).sum(1)
    return torch.allclose(implementation(levels, u, mean, std).double(), want, rtol=1e-4)
