# breaks: the estimate is the mean of log q − log p, and +∞ as soon as one sample falls where the prior is 0 | mistake: the infinity is clamped away
import math

import torch


def sampled_kl(mu, sigma, eps):
    z = mu + sigma * eps
    log_z = torch.log(torch.clamp(z, min=1e-8))
    log_q = -(eps**2) / 2 - math.log(sigma)
    return (log_q + log_z**2 / 2 + log_z).mean()
