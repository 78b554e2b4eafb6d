# breaks: reconstruction: the average of log p(x | z) over the draws, all constants included
import math


def elbo_terms(x, mu, sigma, eps, W, b, s):
    error = x - (mu + sigma * eps.clamp(-5, 5)) @ W.T - b
    variance = s**2
    log_likelihood = -(error**2).sum(2) / (2 * variance) - x.shape[1] / 2 * math.log(2 * math.pi * variance)
    reconstruction = log_likelihood.mean(0)
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}
