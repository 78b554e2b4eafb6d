# Hénon's map (|det| = 1); a line fitted through many values; entropy by way of the maximum
import numpy as np
import torch
from torch.distributions import MultivariateNormal


def bend(z):
    x, y = z.unbind(1)
    return torch.stack((y, x + 1 - 1.4 * y.square()), 1)


def unbend(x):
    y, w = x.unbind(1)
    return torch.stack((w - 1 + 1.4 * y.square(), y), 1)


def log_p_bent(x):
    return MultivariateNormal(torch.zeros(2).to(x), torch.eye(2).to(x)).log_prob(unbend(x))


def shift_or_reflection(f):
    x = torch.linspace(-1, 1, 9, dtype=torch.float64)
    slope, shift = np.polyfit(x.numpy(), f(x).detach().numpy(), 1)
    return round(slope), shift


def what_changes(entropy, log_max, volume, ladj):
    grown = np.exp(ladj)
    return {"log_max": log_max - np.log(grown), "volume": volume * grown, "entropy": entropy + np.log(grown)}
