# breaks: kl: the divergence of q from N(0, I), in closed form, one per item
import math


def elbo_terms(x, mu, sigma, eps, W, b, s):
    error = x - (mu + sigma * eps) @ W.T - b
    variance = s**2
    log_likelihood = -(error**2).sum(2) / (2 * variance) - x.shape[1] / 2 * math.log(2 * math.pi * variance)
    reconstruction = log_likelihood.mean(0)
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.clamp(min=1e-4).log()).sum(1)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}
