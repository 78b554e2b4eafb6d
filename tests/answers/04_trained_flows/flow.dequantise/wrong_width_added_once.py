# breaks: bits and densities are the same number in other units | mistake: the width of one pixel
import math

import torch


def spread_levels(levels, seed):
    u = torch.rand(levels.shape, generator=torch.Generator().manual_seed(seed))
    return levels + u.to(levels)


def to_line(x, K, edge):
    p = edge + (1 - 2 * edge) * x / K
    slope = (1 - 2 * edge) / K / (p * (1 - p))
    return (p / (1 - p)).log(), slope.log().sum(1)


def nats_of_levels(log_p, levels, u, K, edge):
    total = 0
    for r in range(len(u)):
        y, ladj = to_line(levels + u[r], K, edge)
        total = total - log_p(y) - ladj
    return total / len(u)


def in_units(nats, D, width):
    return {"bits": nats / D / math.log(2), "density": nats + math.log(width)}
