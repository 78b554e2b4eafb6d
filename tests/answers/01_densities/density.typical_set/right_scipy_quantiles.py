import math

import torch
from scipy.stats import chi


def oddness(z):
    d = z.shape[1]
    log_p = torch.distributions.Normal(torch.zeros_like(z), torch.ones_like(z)).log_prob(z).sum(1)
    mean = -0.5 * d * (math.log(2 * math.pi) + 1)
    return (log_p - mean) / math.sqrt(d / 2)


def typical_shell(d):
    return float(chi.ppf(0.003, d)), float(chi.ppf(0.997, d))


def blend(a, b, t):
    variance = 1 - 2 * t + 2 * t * t
    return a * ((1 - t) / variance**0.5) + b * (t / variance**0.5)
