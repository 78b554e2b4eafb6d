# breaks: reconstruction: the average of log p(x | z) over the draws, all constants included
import math


def elbo_terms(x, mu, sigma, eps, W, b, s):
    error = x - (mu + sigma * eps) @ W.T - b
    log_p = -0.5 * (error**2).sum(-1) / s**2 - 0.5 * math.log(2 * math.pi * s**2)
    kl = 0.5 * (mu**2 + sigma**2 - (sigma**2).log() - 1).sum(-1)
    return {"reconstruction": log_p.mean(0), "kl": kl, "elbo": log_p.mean(0) - kl}
