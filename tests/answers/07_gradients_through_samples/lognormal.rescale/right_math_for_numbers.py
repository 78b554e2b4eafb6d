# Python's exp for numbers, torch's for tensors
import math

import torch


def rescale_lognormal(z, mu, sigma):
    factor = mu.exp() if torch.is_tensor(mu) else math.exp(mu)
    return z.pow(sigma).mul(factor)
