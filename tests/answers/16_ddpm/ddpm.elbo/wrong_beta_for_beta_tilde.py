# breaks: the consistency term adds up the divergences of the steps t = 2 … T | mistake: beta for beta tilde
import math

import torch


def elbo_terms(x0, x0_hat, beta):
    bars, d = torch.cumprod(1 - beta, 0), x0.shape[1]
    error = (x0_hat - x0).square().sum(-1)
    reconstruction = -0.5 * error[0] / beta[0] - 0.5 * d * torch.log(2 * math.pi * beta[0])
    prior = 0.5 * (d * (1 - bars[-1]) + bars[-1] * x0.square().sum(1) - d - d * torch.log(1 - bars[-1]))
    on_x0 = bars[:-1].sqrt() * beta[1:] / (1 - bars[1:])
    consistency = (on_x0**2 / (2 * beta[1:]))[:, None].mul(error[1:]).sum(0)
    elbo = reconstruction - prior - consistency
    return {"reconstruction": reconstruction, "prior": prior, "consistency": consistency, "elbo": elbo}
