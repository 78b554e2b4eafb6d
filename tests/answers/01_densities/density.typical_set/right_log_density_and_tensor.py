import math

import torch


def oddness(z):
    d = z.shape[1]
    log_p = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1)
    mean = -d / 2 - d / 2 * math.log(2 * math.pi)
    return (log_p - mean) / math.sqrt(d / 2)


def typical_shell(d):
    return torch.tensor([max(math.sqrt(d) - 2.5, 0.0), math.sqrt(d) + 2.5], dtype=torch.float64)


def blend(a, b, t):
    k = math.sqrt(1 - 2 * t + 2 * t * t)
    return a * ((1 - t) / k) + b * (t / k)
