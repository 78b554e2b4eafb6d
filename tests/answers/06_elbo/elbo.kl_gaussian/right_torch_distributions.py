# the library's divergence; the terms from variances
import torch
from torch.distributions import Independent, Normal, kl_divergence


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    q = Independent(Normal(mu, sigma), 1)
    p = Independent(Normal(prior_mu.expand_as(mu), prior_sigma.expand_as(sigma)), 1)
    v, pv = sigma.square(), prior_sigma.square()
    return {
        "trace": torch.sum(v / pv, dim=-1),
        "mean": torch.sum((mu - prior_mu).square() / pv, dim=-1),
        "log_det": torch.sum(pv.log() - v.log(), dim=-1),
        "kl": kl_divergence(q, p),
    }
