# breaks: with one draw it is log p(x | z) + log p(z) − log q(z | x), a sum over pixels and latents | mistake: no q
import math

import torch
from torch.distributions import Normal


def log_w(levels, mu, sigma, eps, log_p):
    z = mu + sigma * eps
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return log_p(z, levels).sum(-1) + prior.log_prob(z).sum(-1) - Normal(mu, sigma).log_prob(z).sum(-1)


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    found = []
    for e in eps.split(at_once):
        z = mu + sigma * e
        found.append(log_p(z, levels).sum(-1) + Normal(0.0, 1.0).log_prob(z).sum(-1))
    return torch.cat(found).logsumexp(0) - math.log(len(eps))
