# breaks: the loss is −log p(x | z) at the log-normal code, plus the divergence of q from its prior in closed form | mistake: no noise
import math

import torch


def lognormal_nelbo(x, mu, sigma, eps, decoder, s):
    mean = torch.exp(mu + sigma**2 / 2)  # of the log-normal
    error = (x - decoder(mean)).square().sum(1)
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return error / (2 * s**2) + x.shape[1] / 2 * math.log(2 * math.pi * s**2) + kl
