# one draw at a time, log q from eps itself
import math

import torch


def log_likelihood(x, z, W, b, s):
    error = x - torch.einsum("ij,bj->bi", W, z) - b
    return -0.5 * error.square().sum(1) / s**2 - x.shape[1] * (math.log(s) + 0.5 * math.log(2 * math.pi))


def elbo_terms(x, mu, sigma, eps, W, b, s):
    reconstruction = 0
    for e in eps:
        reconstruction = reconstruction + log_likelihood(x, mu + sigma * e, W, b, s) / len(eps)
    kl = torch.sum(0.5 * mu**2 + 0.5 * sigma**2 - 0.5 - sigma.log(), 1)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    values = []
    for e in eps:
        z = mu + sigma * e
        log_ratio = (-0.5 * z**2 + 0.5 * e**2 + sigma.log()).sum(1)
        values.append(log_likelihood(x, z, W, b, s) + log_ratio)
    return sum(values) / len(values)
