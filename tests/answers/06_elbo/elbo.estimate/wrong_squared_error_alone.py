# breaks: reconstruction: the average of log p(x | z) over the draws, all constants included | mistake: the constant is dropped
import torch.nn.functional as F


def elbo_terms(x, mu, sigma, eps, W, b, s):
    x_hat = (mu + sigma * eps) @ W.T + b
    error = F.mse_loss(x_hat, x.expand_as(x_hat), reduction="none").sum(-1)
    reconstruction = -error.mean(0) / (2 * s**2)
    kl = 0.5 * (mu**2 + sigma**2 - (sigma**2).log() - 1).sum(-1)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}
