# a running maximum, parts by hand
import math

import torch
from torch.distributions import Normal


def log_w(levels, mu, sigma, eps, log_p):
    z = mu + sigma * eps
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return log_p(z, levels).sum(-1) + prior.log_prob(z).sum(-1) - Normal(mu, sigma).log_prob(z).sum(-1)


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    top, total = torch.full_like(mu[:, 0], -math.inf), torch.zeros_like(mu[:, 0])
    for start in range(0, eps.shape[0], at_once):
        w = log_w(levels, mu, sigma, eps[start : start + at_once], log_p)
        new = torch.maximum(top, w.max(0).values)
        total = total * (top - new).exp() + (w - new).exp().sum(0)
        top = new
    return top + (total / eps.shape[0]).log()
