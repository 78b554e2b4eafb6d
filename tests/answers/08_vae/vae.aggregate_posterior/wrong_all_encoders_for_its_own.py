# breaks: information is the mean of log q(z | x_n) − log q(z), each draw beside its own x_n
import math

import torch


def rate_split(mu, sigma, eps):
    z = mu + sigma * eps
    each = torch.distributions.Normal(mu, sigma).log_prob(z[:, :, None, :]).sum(-1)
    mixed = each.logsumexp(-1) - math.log(len(mu))
    every = each.mean(-1)  # the mean over all encoders, not the draw's own
    prior = -0.5 * (z**2 + math.log(2 * math.pi)).sum(-1)
    return {"rate": (every - prior).mean(), "information": (every - mixed).mean(), "marginal": (mixed - prior).mean()}
