# breaks: lognormal_cdf is the probability of a value up to z
import math

import torch


def lognormal_cdf(z, mu, sigma):
    v = torch.where(z > 0, z, torch.ones_like(z))
    p = torch.erf((v.log() - mu) / (sigma * math.sqrt(2))) / 2
    return torch.where(z > 0, p, torch.zeros_like(p))
