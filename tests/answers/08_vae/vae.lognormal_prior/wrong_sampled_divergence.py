# breaks: the loss is −log p(x | z) at the log-normal code, plus the divergence of q from its prior in closed form | mistake: an estimate of the divergence
import torch
from torch.distributions import LogNormal, Normal


def lognormal_nelbo(x, mu, sigma, eps, decoder, s):
    z = torch.exp(mu + sigma * eps)
    prior = LogNormal(torch.zeros_like(mu), torch.ones_like(mu))
    ratio = (LogNormal(mu, sigma).log_prob(z) - prior.log_prob(z)).sum(1)
    return ratio - Normal(decoder(z), s).log_prob(x).sum(1)
