# breaks: the estimate is the mean of log q − log p, and +∞ as soon as one sample falls where the prior is 0 | mistake: the sign of z is lost
import math

import torch


def sampled_kl(mu, sigma, eps):
    log_z = torch.log((mu + sigma * eps) ** 2) / 2
    return (log_z**2 / 2 + log_z - eps**2 / 2 - math.log(sigma)).mean()
