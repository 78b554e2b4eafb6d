# breaks: information is the mean of log q(z | x_n) − log q(z), each draw beside its own x_n | mistake: the encoder that made the draw is left out
import math

import torch


def rate_split(mu, sigma, eps):
    N, z = len(mu), mu + sigma * eps
    each = torch.distributions.Normal(mu, sigma).log_prob(z[:, :, None, :]).sum(-1)
    own = torch.diagonal(each, dim1=1, dim2=2)
    others = each - torch.diag_embed(torch.full((N,), math.inf).to(mu))
    mixed = others.logsumexp(-1) - math.log(max(N - 1, 1))
    prior = -0.5 * (z**2 + math.log(2 * math.pi)).sum(-1)
    return {"rate": (own - prior).mean(), "information": (own - mixed).mean(), "marginal": (mixed - prior).mean()}
