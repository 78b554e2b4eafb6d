# breaks: reconstruction: the average of log p(x | z) over the draws, all constants included
from torch.distributions import Normal


def elbo_terms(x, mu, sigma, eps, W, b, s):
    log_p = Normal((mu + sigma * eps) @ W.T + b, s).log_prob(x).sum(-1)
    reconstruction = log_p.mean().repeat(len(x))
    kl = (0.5 * (mu**2 + sigma**2 - 2 * sigma.log() - 1).sum() / len(x)).repeat(len(x))
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}
