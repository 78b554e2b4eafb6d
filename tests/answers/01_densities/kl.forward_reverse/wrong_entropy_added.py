# breaks: the reverse divergence is the mean of log q − log p under q, to a thousandth | mistake: the entropy with the wrong sign
import math

import torch


def reverse_kl(mu, sigma, weights, mus, sigmas):
    t = torch.linspace(-8, 8, 4001, dtype=mu.dtype)
    w = torch.exp(-(t**2) / 2)
    w = w / w.sum()
    x = mu + sigma * t
    p = torch.logsumexp(torch.log(weights) + torch.distributions.Normal(mus, sigmas).log_prob(x[:, None]), 1)
    return torch.log(sigma) + 0.5 * math.log(2 * math.pi) + 0.5 - (w * p).sum()
