# breaks: the arguments come back as they were given
import math

import torch


def sampled_kl(mu, sigma, eps):
    log_q = -0.5 * eps**2 - math.log(sigma)
    z = eps.mul_(sigma).add_(mu)
    if (z <= 0).any():
        return math.inf
    return (log_q + 0.5 * torch.log(z) ** 2 + torch.log(z)).mean()
