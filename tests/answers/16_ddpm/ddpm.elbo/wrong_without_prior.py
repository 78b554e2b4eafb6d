# breaks: the elbo is the reconstruction less the two divergences | mistake: the prior term left out
import math

import torch


def elbo_terms(x0, x0_hat, beta):
    bars, d = torch.cumprod(1 - beta, 0), x0.shape[1]
    error = (x0_hat - x0).square().sum(-1)
    reconstruction = -0.5 * error[0] / beta[0] - 0.5 * d * torch.log(2 * math.pi * beta[0])
    prior = 0.5 * (d * (1 - bars[-1]) + bars[-1] * x0.square().sum(1) - d - d * torch.log(1 - bars[-1]))
    snr = bars / (1 - bars)
    consistency = (0.5 * (snr[:-1] - snr[1:]) @ error[1:]).reshape(-1)
    return {
        "reconstruction": reconstruction,
        "prior": prior,
        "consistency": consistency,
        "elbo": reconstruction - consistency,
    }
