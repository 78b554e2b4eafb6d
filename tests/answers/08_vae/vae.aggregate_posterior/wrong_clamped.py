# breaks: marginal is the mean of log q(z) − log p(z): what a better prior could save
import math

import torch


def rate_split(mu, sigma, eps):
    z = mu + sigma * eps
    each = torch.distributions.Normal(mu, sigma).log_prob(z[:, :, None, :]).sum(-1)
    own, mixed = each.diagonal(dim1=1, dim2=2), each.logsumexp(-1) - math.log(len(mu))
    prior = -0.5 * (z**2 + math.log(2 * math.pi)).sum(-1)
    ratio = (mixed - prior).clamp(min=0)  # "a divergence is never negative"
    return {"rate": (own - prior).mean(), "information": (own - mixed).mean(), "marginal": ratio.mean()}
