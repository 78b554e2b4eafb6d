# breaks: reconstruction: the average of log p(x | z) over the draws, all constants included | mistake: decoded from a mean
from torch.distributions import Normal


def elbo_terms(x, mu, sigma, eps, W, b, s):
    reconstruction = Normal(mu @ W.T + b, s).log_prob(x).sum(-1)  # eps is not needed at the mean
    kl = 0.5 * (mu**2 + sigma**2 - 2 * sigma.log() - 1).sum(-1)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction - kl}
