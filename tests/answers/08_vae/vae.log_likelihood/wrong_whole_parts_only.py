# breaks: with K draws it is the logarithm of the mean weight, for weights of any size | mistake: the last part left out
import math

import torch
from torch.distributions import Normal


def log_w(levels, mu, sigma, eps, log_p):
    z = mu + sigma * eps
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return log_p(z, levels).sum(-1) + prior.log_prob(z).sum(-1) - Normal(mu, sigma).log_prob(z).sum(-1)


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    at_once = min(at_once, len(eps))
    parts = [eps[k * at_once : (k + 1) * at_once] for k in range(len(eps) // at_once)]
    w = torch.cat([log_w(levels, mu, sigma, e, log_p) for e in parts])
    return w.logsumexp(0) - math.log(len(w))
