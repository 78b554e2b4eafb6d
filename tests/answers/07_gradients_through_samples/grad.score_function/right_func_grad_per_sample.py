# per-sample gradients by torch.func
import torch
from torch.func import grad, vmap


def log_q(mu, sigma, z):
    return (-0.5 * ((z - mu) / sigma) ** 2 - torch.log(sigma)).sum()


def score_terms(f, z, mu, sigma, baseline=0.0):
    by_mu, by_sigma = vmap(grad(log_q, argnums=(0, 1)), in_dims=(None, None, 0))(mu, sigma, z)
    advantage = torch.sub(f(z), baseline)
    return torch.diag(advantage) @ by_mu, (by_sigma.T * advantage).T
