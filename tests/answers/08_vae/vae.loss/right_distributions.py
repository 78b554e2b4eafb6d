# torch.distributions for the divergence
import torch
from torch.distributions import Independent, Normal, kl_divergence


def nelbo(levels, mu, sigma, eps, log_p, beta):
    q = Independent(Normal(mu, sigma), 1)
    p = Independent(Normal(torch.zeros_like(mu), torch.ones_like(sigma)), 1)
    return beta * kl_divergence(q, p) - torch.einsum("bp->b", log_p(torch.addcmul(mu, sigma, eps), levels))
