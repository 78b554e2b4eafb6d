# breaks: the estimate is the mean of log q − log p, and +∞ as soon as one sample falls where the prior is 0 | mistake: the prior lacks its 1/z
import math

import torch
from torch.distributions import Normal


def sampled_kl(mu, sigma, eps):
    z = mu + sigma * eps
    if (z <= 0).any():
        return math.inf
    return torch.mean(Normal(mu, sigma).log_prob(z) - Normal(0.0, 1.0).log_prob(z.log())).item()
