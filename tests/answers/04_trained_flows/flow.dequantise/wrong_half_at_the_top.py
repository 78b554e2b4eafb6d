# breaks: the noise fills the whole bin of its level evenly, each pixel with noise of its own | mistake: half-width bins
import math

import torch


def spread_levels(levels, seed):
    g = torch.Generator().manual_seed(seed)
    u = torch.rand(levels.shape, generator=g, dtype=levels.dtype).to(levels)
    return levels + torch.where(levels >= 16, 0.5 * u, u)


def to_line(x, K, edge):
    p = edge + (1 - 2 * edge) * x / K
    ladj = math.log((1 - 2 * edge) / K) - torch.log(p) - torch.log1p(-p)
    return torch.log(p) - torch.log1p(-p), ladj.sum(1)


def nats_of_levels(log_p, levels, u, K, edge):
    total = 0
    for one in u:
        y, ladj = to_line(levels + one, K, edge)
        total = total - (log_p(y) + ladj)
    return total / len(u)


def in_units(nats, D, width):
    return {"bits": nats / D / math.log(2), "density": nats + D * math.log(width)}
