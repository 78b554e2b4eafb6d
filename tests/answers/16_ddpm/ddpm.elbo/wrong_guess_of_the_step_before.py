# breaks: the consistency term adds up the divergences of the steps t = 2 … T | mistake: the guess of the step before
import math

import torch


def elbo_terms(x0, x0_hat, beta):
    kept, d = (1 - beta).cumprod(0), x0.shape[1]
    reconstruction = -((x0 - x0_hat[0]) ** 2).sum(1) / (2 * beta[0]) - d / 2 * torch.log(2 * math.pi * beta[0])
    last, snr = kept[-1], kept / (1 - kept)
    prior = ((last * x0**2).sum(1) + d * (1 - last) - d - d * torch.log(1 - last)) / 2
    consistency = sum(
        (snr[t - 2] - snr[t - 1]) / 2 * ((x0 - x0_hat[t - 2]) ** 2).sum(1) for t in range(2, len(beta) + 1)
    )
    total = {"elbo": reconstruction - prior - consistency}
    return {"reconstruction": reconstruction, "prior": prior, "consistency": consistency, **total}
