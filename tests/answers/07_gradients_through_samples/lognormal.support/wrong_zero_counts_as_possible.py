# breaks: the estimate is the mean of log q − log p, and +∞ as soon as one sample falls where the prior is 0
import math

import torch


def sampled_kl(mu, sigma, eps):
    z = mu + sigma * eps
    if (z < 0).any():
        return math.inf
    log_q = -0.5 * eps**2 - math.log(sigma)
    return (log_q + 0.5 * torch.log(z) ** 2 + torch.log(z)).mean()
