# logaddexp over single draws
import math

import torch
from torch.distributions import Normal


def log_w(levels, mu, sigma, eps, log_p):
    z = mu + sigma * eps
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return log_p(z, levels).sum(-1) + prior.log_prob(z).sum(-1) - Normal(mu, sigma).log_prob(z).sum(-1)


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    total = None
    for e in eps:
        w = log_w(levels, mu, sigma, e[None], log_p)[0]
        total = w if total is None else torch.logaddexp(total, w)
    return total - math.log(len(eps))
