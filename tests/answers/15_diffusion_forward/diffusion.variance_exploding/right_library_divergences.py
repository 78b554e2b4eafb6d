# torch.distributions throughout, in float64; 0-d tensors where floats are asked for
import torch
from torch.distributions import Normal, kl_divergence


def ve_sample(x0, t, eps, sigma):
    scale = (sigma**2 * t.double()).sqrt().to(x0.dtype).view(-1, *[1] * (x0.dim() - 1)).expand_as(x0)
    q = Normal(x0, scale)
    return q.loc + q.scale * eps


def ve_posterior(x0, xt, t, sigma):
    shape = (-1,) + (1,) * (x0.dim() - 1)
    n = t.to(x0).view(shape)
    precision = 1 / (n * sigma**2 - sigma**2) + 1 / sigma**2  # infinite at t = 1
    weight = (1 / sigma**2) / precision
    return x0 + weight * (xt - x0), 1 / precision


def ve_prior_gaps(mean, var, T, sigma):
    m, v = torch.tensor([mean, var], dtype=torch.float64)
    noise = torch.zeros_like(v) + T * sigma**2
    q = Normal(m, torch.sqrt(v + noise))
    zero = torch.zeros_like(m)
    return {
        "noise": kl_divergence(q, Normal(zero, noise.sqrt())),
        "mean": kl_divergence(q, Normal(m, noise.sqrt())),
        "spread": kl_divergence(q, Normal(zero, q.scale)),
        "both": kl_divergence(q, Normal(m, q.scale)),
    }
