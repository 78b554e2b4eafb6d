# E over q by the two nodes ±1, which are exact for squares; Python's log for numbers
import math

import torch


def log(v):
    return v.log() if torch.is_tensor(v) else math.log(v)


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return {
        "mean": ((mu - prior_mu) / prior_sigma) ** 2,
        "trace": 1 + (sigma - prior_sigma) * (sigma + prior_sigma) / prior_sigma**2,
        "log_det": 2 * (log(prior_sigma) - log(sigma)),
    }


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    total = 0.0
    for node in (-1.0, 1.0):
        y = mu + sigma * node  # log z
        log_q = -0.5 * node**2 - log(sigma)
        log_p = -0.5 * ((y - prior_mu) / prior_sigma) ** 2 - log(prior_sigma)
        total = total + 0.5 * (log_q - log_p)
    return total
