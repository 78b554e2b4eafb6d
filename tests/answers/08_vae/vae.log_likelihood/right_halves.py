# the draws halved until at_once of them are left
import math

import torch


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    def total(e):
        if len(e) > at_once:
            half = min(at_once, len(e) // 2)
            return torch.logaddexp(total(e[:half]), total(e[half:]))
        z = torch.addcmul(mu, sigma, e)
        return (log_p(z, levels).sum(-1) + (sigma.log() + (e - z) * (e + z) / 2).sum(-1)).logsumexp(0)

    return total(eps) - math.log(len(eps))
