# breaks: log_q is the logarithm of q's probability of that interval, finite for every mu and sigma | mistake: the probability underflowed
import math

import torch
from torch.distributions import Normal


def impossible_event(mu, sigma):
    q = Normal(torch.tensor(mu).double(), torch.tensor(sigma).double())
    return -math.inf, 0.0, q.cdf(torch.zeros(()).double()).log().item()
