# breaks: gradients arrive at every tensor among the arguments, and have the right size
import math

import torch


def reparameterise_lognormal(eps, mu, sigma):
    return math.exp(mu) * torch.exp(eps) ** sigma
