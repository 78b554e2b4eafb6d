import math

import torch
from torch.distributions import AffineTransform, ComposeTransform, SigmoidTransform


def spread_levels(levels, seed):
    dice = torch.Generator().manual_seed(seed)
    return levels + torch.empty(levels.shape, dtype=torch.float64).uniform_(generator=dice).to(levels)


def to_line(x, K, edge):
    way = ComposeTransform([AffineTransform(edge, (1 - 2 * edge) / K), SigmoidTransform().inv])
    y = way(x)
    return y, way.log_abs_det_jacobian(x, y).sum(1)


def nats_of_levels(log_p, levels, u, K, edge):
    R, N, D = u.shape
    y, ladj = to_line((levels + u).reshape(R * N, D), K, edge)
    return -(log_p(y) + ladj).reshape(R, N).mean(0)


def in_units(nats, D, width):
    return {"bits": nats * (math.log2(math.e) / D), "density": nats - D * math.log(1 / width)}
