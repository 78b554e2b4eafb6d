# breaks: with K draws it is the logarithm of the mean weight, for weights of any size | mistake: the mean of the logarithms

import torch
from torch.distributions import Normal


def log_w(levels, mu, sigma, eps, log_p):
    z = mu + sigma * eps
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return log_p(z, levels).sum(-1) + prior.log_prob(z).sum(-1) - Normal(mu, sigma).log_prob(z).sum(-1)


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    parts = [log_w(levels, mu, sigma, e, log_p) for e in eps.split(at_once)]
    return torch.cat(parts).mean(0)
