# breaks: elbo_sampled: the average of log p(x, z) − log q(z) over the draws | mistake: variance for standard deviation in the draws
from torch.distributions import Normal


def elbo_terms(x, mu, sigma, eps, W, b, s):
    log_p = Normal((mu + sigma**2 * eps) @ W.T + b, s).log_prob(x).sum(-1)
    kl = 0.5 * (mu**2 + sigma**2 - 2 * sigma.log() - 1).sum(-1)
    return {"reconstruction": log_p.mean(0), "kl": kl, "elbo": log_p.mean(0) - kl}


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    z = mu + sigma**2 * eps
    log_p = Normal(z @ W.T + b, s).log_prob(x).sum(-1) + Normal(0.0, 1.0).log_prob(z).sum(-1)
    return (log_p - Normal(mu, sigma).log_prob(z).sum(-1)).mean(0)
