# the parabola of the book; densities by torch.distributions, straight line by autograd
import math

import torch
from torch.distributions import Independent, Normal


def bend(z):
    return torch.stack([z[:, 0], z[:, 1] + z[:, 0] ** 2 - 1], dim=1)


def unbend(x):
    return torch.stack([x[:, 0], x[:, 1] - x[:, 0] ** 2 + 1], dim=1)


def log_p_bent(x):
    return Independent(Normal(torch.zeros_like(x), torch.ones_like(x)), 1).log_prob(unbend(x))


def shift_or_reflection(f):
    x = torch.zeros((), dtype=torch.float64, requires_grad=True)
    y = f(x)
    (slope,) = torch.autograd.grad(y, x)
    return slope.item(), y.item()


def what_changes(entropy, log_max, volume, ladj):
    return {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume * math.exp(ladj)}
