# breaks: the memoriser's negative log-likelihood is that of normals around its training samples | mistake: summed and not averaged
import math

import torch


def diluted_log_p(log_p, log_noise, share):
    return torch.logaddexp(log_p + math.log1p(-share), log_noise + math.log(share))


def hidden_share(nats):
    return -math.expm1(-nats)


def memoriser_nll(train, test, sigma):
    exponents = -(torch.cdist(test, train) ** 2) / (2 * sigma**2)
    constant = math.log(len(train)) + train.shape[1] * math.log(sigma * math.sqrt(2 * math.pi))
    return (constant - exponents.logsumexp(1)).sum()
