# breaks: elbo_sampled: the average of log p(x, z) − log q(z) over the draws | mistake: the density of eps for that of z
import math


def _log_lik(x, z, W, b, s):
    D = x.shape[1]
    return -0.5 * ((x - z @ W.T - b) ** 2).sum(-1) / s**2 - 0.5 * D * math.log(2 * math.pi * s**2)


def elbo_terms(x, mu, sigma, eps, W, b, s):
    z = mu + sigma * eps
    rec = _log_lik(x, z, W, b, s).mean(0)
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return {"reconstruction": rec, "kl": kl, "elbo": rec - kl}


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    d = mu.shape[1]
    z = mu + sigma * eps
    log_prior = -0.5 * (z**2).sum(-1) - 0.5 * d * math.log(2 * math.pi)
    log_q = -0.5 * (eps**2).sum(-1) - 0.5 * d * math.log(2 * math.pi)
    return (_log_lik(x, z, W, b, s) + log_prior - log_q).mean(0)
