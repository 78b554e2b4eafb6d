# breaks: log_q and log_p are the log densities of z itself under LogN(mu, sigma²) and LogN(0, 1) | mistake: a normal prior
import torch
from torch.distributions import LogNormal, Normal


def lognormal_terms(mu, sigma, eps):
    z = LogNormal(mu, sigma).transforms[0](mu + sigma * eps)
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return {"z": z, "log_q": LogNormal(mu, sigma).log_prob(z).sum(1), "log_p": prior.log_prob(z).sum(1)}
