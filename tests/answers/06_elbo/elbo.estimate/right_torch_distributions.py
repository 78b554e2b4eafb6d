# everything by the library's distributions
import torch
from torch.distributions import Independent, Normal, kl_divergence


def parts(mu, sigma, eps, W, b, s):
    q = Independent(Normal(mu, sigma), 1)
    prior = Independent(Normal(torch.zeros_like(mu), torch.ones_like(sigma)), 1)
    z = mu + sigma * eps
    return q, prior, z, Independent(Normal(torch.matmul(z, W.mT) + b, s), 1)


def elbo_terms(x, mu, sigma, eps, W, b, s):
    q, prior, _, decoder = parts(mu, sigma, eps, W, b, s)
    reconstruction, kl = decoder.log_prob(x).mean(0), kl_divergence(q, prior)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    q, prior, z, decoder = parts(mu, sigma, eps, W, b, s)
    return torch.mean(decoder.log_prob(x) + prior.log_prob(z) - q.log_prob(z), dim=0)
