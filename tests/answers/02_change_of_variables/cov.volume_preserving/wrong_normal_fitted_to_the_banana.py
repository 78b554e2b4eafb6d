# breaks: log_p_bent is the density of X: every point carries the density of the z it came from
import torch
from torch.distributions import MultivariateNormal


def bend(z):
    return torch.stack([z[:, 0], z[:, 1] + z[:, 0] ** 2], 1)


def unbend(x):
    return torch.stack([x[:, 0], x[:, 1] - x[:, 0] ** 2], 1)


def log_p_bent(x):
    """The normal of X's mean and covariance."""
    mean, covariance = torch.tensor([0.0, 1.0]), torch.diag(torch.tensor([1.0, 3.0]))
    return MultivariateNormal(mean.to(x), covariance.to(x)).log_prob(x)
