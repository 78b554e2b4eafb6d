# breaks: log_q is the logarithm of q's probability of that interval, finite for every mu and sigma | mistake: a density at a point
import math

import torch
from torch.distributions import Normal


def impossible_event(mu, sigma):
    return -math.inf, 0.0, Normal(mu, sigma).log_prob(torch.tensor(0.0))
