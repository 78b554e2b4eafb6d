# breaks: log_p is shown at most at_once draws at a time
import math

import torch
from torch.distributions import Normal


def log_w(levels, mu, sigma, eps, log_p):
    z = mu + sigma * eps
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return log_p(z, levels).sum(-1) + prior.log_prob(z).sum(-1) - Normal(mu, sigma).log_prob(z).sum(-1)


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    parts = torch.tensor_split(eps, min(at_once, len(eps)))  # that many parts, not that many in a part
    return torch.cat([log_w(levels, mu, sigma, e, log_p) for e in parts]).logsumexp(0) - math.log(len(eps))
