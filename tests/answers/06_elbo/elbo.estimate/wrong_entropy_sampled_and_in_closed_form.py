# breaks: elbo_sampled: the average of log p(x, z) − log q(z) over the draws | mistake: divergence and sampled entropy both
import math

import torch
from torch.distributions import Normal, kl_divergence


def log_likelihood(x, mu, sigma, eps, W, b, s):
    return Normal((mu + sigma * eps) @ W.T + b, s).log_prob(x).sum(-1)


def closed_form(mu, sigma):
    return kl_divergence(Normal(mu, sigma), Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(1)


def elbo_terms(x, mu, sigma, eps, W, b, s):
    reconstruction, kl = log_likelihood(x, mu, sigma, eps, W, b, s).mean(0), closed_form(mu, sigma)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    """log q at the draws, and the divergence taken off as well."""
    log_q = -(eps**2) / 2 - sigma.log() - math.log(2 * math.pi) / 2
    return (log_likelihood(x, mu, sigma, eps, W, b, s) - log_q.sum(-1)).mean(0) - closed_form(mu, sigma)
