# breaks: the bound is the mean over the noise of −log p_y − ladj, and the model can learn from it | mistake: minus the log of the mean density
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
    logs = []
    for noise in u:
        y, ladj = to_line(levels + noise, K, edge)
        logs.append(log_p(y) + ladj)
    return -torch.logsumexp(torch.stack(logs), 0) + math.log(len(u))


def in_units(nats, D, width):
    return {"bits": nats / D / math.log(2), "density": nats + D * math.log(width)}
