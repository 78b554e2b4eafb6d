# breaks: every right bound is accepted, in whatever units it was computed | mistake: equal to the last bit
import math

import torch


def is_bound(implementation):
    levels = torch.tensor([[0.0, 3.0], [7.0, 1.0]])
    u = torch.tensor([[0.1, 0.9], [0.7, 0.3]])
    mean, std = torch.tensor([2.0, 5.0]), torch.tensor([1.5, 3.0])
    want = (0.5 * ((levels + u - mean) / std) ** 2 + std.log() + 0.5 * math.log(2 * math.pi)).sum(1)
    return torch.equal(implementation(levels, u, mean, std), want)
