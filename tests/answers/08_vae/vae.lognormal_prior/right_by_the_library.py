# torch's LogNormal, and its table of divergences
import torch
from torch.distributions import Independent, LogNormal, Normal, kl_divergence


def lognormal_terms(mu, sigma, eps):
    z = torch.exp(mu + sigma * eps)
    q = Independent(LogNormal(mu, sigma), 1)
    p = Independent(LogNormal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
    return {"z": z, "log_q": q.log_prob(z), "log_p": p.log_prob(z)}


def lognormal_nelbo(x, mu, sigma, eps, decoder, s):
    p = LogNormal(torch.zeros_like(mu), torch.ones_like(mu))
    kl = kl_divergence(LogNormal(mu, sigma), p).sum(-1)
    mean = decoder(torch.exp(mu + sigma * eps))
    return kl - Normal(mean, torch.full_like(mean, s)).log_prob(x).sum(-1)


def same_decoder(decoder, z):
    return decoder(torch.log(z))
