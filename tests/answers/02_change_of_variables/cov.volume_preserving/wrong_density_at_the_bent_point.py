# breaks: log_p_bent is the density of X: every point carries the density of the z it came from | mistake: the base asked about x
import torch
from torch.distributions import MultivariateNormal


def bend(z):
    return torch.stack([z[:, 0], z[:, 1] + z[:, 0] ** 2], 1)


def unbend(x):
    return torch.stack([x[:, 0], x[:, 1] - x[:, 0] ** 2], 1)


def log_p_bent(x):
    standard = MultivariateNormal(torch.zeros(2, dtype=x.dtype, device=x.device), torch.eye(2, dtype=x.dtype, device=x.device))
    return standard.log_prob(x)
