import numpy as np
import torch


def spread_levels(levels, seed):
    u = np.random.default_rng(seed).random(tuple(levels.shape))
    return levels + torch.tensor(u, dtype=levels.dtype, device=levels.device)


def to_line(x, K, edge):
    """2 artanh of twice the distance from the middle."""
    away = (1 - 2 * edge) * (2 * x / K - 1)
    return 2 * torch.atanh(away), (np.log(4 * (1 - 2 * edge) / K) - torch.log(1 - away**2)).sum(1)


def nats_of_levels(log_p, levels, u, K, edge):
    every = [to_line(levels + one, K, edge) for one in u.unbind(0)]
    return sum(-log_p(y) - ladj for y, ladj in every) / u.shape[0]


def in_units(nats, D, width):
    return {"density": nats + float(np.log(width)) * D, "bits": nats / (D * float(np.log(2)))}
