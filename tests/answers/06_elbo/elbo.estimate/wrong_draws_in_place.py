# breaks: the arguments come back as they were given
import math

import torch


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    z = mu + sigma * eps
    D, d = W.shape
    log_lik = -((x - z @ W.T - b) ** 2).sum(-1) / (2 * s**2) - D / 2 * math.log(2 * math.pi * s**2)
    log_prior = -0.5 * (z**2).sum(-1) - d / 2 * math.log(2 * math.pi)
    log_q = -0.5 * (eps**2).sum(-1) - torch.log(sigma).sum(-1) - d / 2 * math.log(2 * math.pi)
    return (log_lik + log_prior - log_q).mean(0)


def elbo_terms(x, mu, sigma, eps, W, b, s):
    z = eps.mul_(sigma).add_(mu)
    D = x.shape[1]
    log_lik = -((x - z @ W.T - b) ** 2).sum(-1) / (2 * s**2) - D / 2 * math.log(2 * math.pi * s**2)
    reconstruction = log_lik.mean(0)
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * torch.log(sigma)).sum(-1)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}
