# breaks: the consistency term adds up the divergences of the steps t = 2 … T | mistake: uniform weights
import math

import torch


def elbo_terms(x0, x0_hat, beta):
    bars, d = torch.cumprod(1 - beta, 0), x0.shape[1]
    square = ((x0 - x0_hat) ** 2).sum(2)
    snr = bars / (1 - bars)
    recon = -square[0] / (2 * beta[0]) - d / 2 * torch.log(2 * math.pi * beta[0])
    prior = 0.5 * (bars[-1] * (x0**2).sum(1) - d * bars[-1] - d * torch.log(1 - bars[-1]))
    steps = (square[1:]).sum(0)
    return {"reconstruction": recon, "prior": prior, "consistency": steps, "elbo": recon - prior - steps}
