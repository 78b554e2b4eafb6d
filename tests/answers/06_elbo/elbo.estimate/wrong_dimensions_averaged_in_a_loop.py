# breaks: reconstruction: the average of log p(x | z) over the draws, all constants included | mistake: units mixed
import math

import torch


def elbo_terms(x, mu, sigma, eps, W, b, s):
    reconstruction = torch.zeros_like(x[:, 0])
    for e in eps:
        error = x - (mu + sigma * e) @ W.T - b
        log_p = -0.5 * (error / s) ** 2 - math.log(s) - 0.5 * math.log(2 * math.pi)
        reconstruction += log_p.mean(dim=1) / len(eps)
    kl = -0.5 * torch.sum(1 + 2 * sigma.log() - mu**2 - sigma**2, dim=1)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}
