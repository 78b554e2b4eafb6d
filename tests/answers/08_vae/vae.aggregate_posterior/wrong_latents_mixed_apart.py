# breaks: q(z) is the average of the encoders' densities, and its logarithm is finite however far z is
import math

import torch
from torch.distributions import Normal


def aggregate_log_density(z, mu, sigma):
    each = Normal(mu, sigma).log_prob(z[:, None])  # (M, N, d)
    return (torch.logsumexp(each, dim=1) - math.log(len(mu))).sum(-1)  # a mixture for each latent by itself


def rate_split(mu, sigma, eps):
    z = mu + sigma * eps
    own = Normal(mu, sigma).log_prob(z).sum(-1)
    prior = Normal(0.0, 1.0).log_prob(z).sum(-1)
    mixed = torch.stack([aggregate_log_density(row, mu, sigma) for row in z])
    return {"rate": (own - prior).mean(), "information": (own - mixed).mean(), "marginal": (mixed - prior).mean()}
