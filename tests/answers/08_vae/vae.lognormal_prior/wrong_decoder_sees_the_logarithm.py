# breaks: the loss is −log p(x | z) at the log-normal code, plus the divergence of q from its prior in closed form
import math

import torch


def lognormal_nelbo(x, mu, sigma, eps, decoder, s):
    z = torch.exp(mu + sigma * eps)
    error = (x - decoder(z.log())).square().sum(1)  # the old decoder is kept, and its input repaired
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return error / (2 * s**2) + x.shape[1] * math.log(s * math.sqrt(2 * math.pi)) + kl
