# breaks: with K draws it is the logarithm of the mean weight, for weights of any size | mistake: exponentiated too early

import torch
from torch.distributions import Normal


def log_w(levels, mu, sigma, eps, log_p):
    z = mu + sigma * eps
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return log_p(z, levels).sum(-1) + prior.log_prob(z).sum(-1) - Normal(mu, sigma).log_prob(z).sum(-1)


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    total = 0
    for e in eps.split(at_once):
        total = total + log_w(levels, mu, sigma, e, log_p).exp().sum(0)
    return (total / len(eps)).log()
