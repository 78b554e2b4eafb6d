# the library's densities in the noise's own precision; terms of samples that cannot be are replaced
import math

import torch
from torch.distributions import LogNormal, Normal


def impossible_event(mu, sigma):
    log_q = torch.special.log_ndtr(torch.tensor(-mu / sigma))
    return torch.tensor(-math.inf), torch.tensor(0.0), log_q


def sampled_kl(mu, sigma, eps):
    z = mu + sigma * eps
    terms = Normal(mu, sigma).log_prob(z) - LogNormal(0.0, 1.0, validate_args=False).log_prob(z)
    return torch.nan_to_num(terms, nan=math.inf, posinf=math.inf).mean()
