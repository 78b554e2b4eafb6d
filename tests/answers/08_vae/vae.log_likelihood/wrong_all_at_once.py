# breaks: log_p is shown at most at_once draws at a time | mistake: all draws at once
import math

import torch
from torch.distributions import Normal


def log_w(levels, mu, sigma, eps, log_p):
    z = mu + sigma * eps
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return log_p(z, levels).sum(-1) + prior.log_prob(z).sum(-1) - Normal(mu, sigma).log_prob(z).sum(-1)


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    return log_w(levels, mu, sigma, eps, log_p).logsumexp(0) - math.log(len(eps))
