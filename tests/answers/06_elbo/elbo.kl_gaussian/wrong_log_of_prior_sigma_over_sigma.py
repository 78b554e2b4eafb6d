# breaks: log_det: the logarithm of the prior's determinant over q's | mistake: log sigma for log sigma squared
import math

import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = torch.einsum("bd,d->b", sigma**2, 1 / prior_sigma**2)
    mean = torch.einsum("bd,d->b", (mu - prior_mu) ** 2, 1 / prior_sigma**2)
    log_det = torch.stack(
        [
            sum((math.log(p) - torch.log(s) for p, s in zip(prior_sigma.tolist(), row)), torch.zeros_like(row[0]))
            for row in sigma
        ]
    )
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean + log_det - mu.shape[1])}
