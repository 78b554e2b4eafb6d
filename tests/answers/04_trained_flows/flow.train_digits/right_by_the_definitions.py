import math
from pathlib import Path

import torch

import autograder
from autograder.measuring.answers import reference

NOTEBOOK = reference(Path(autograder.__file__).parents[1], "04_trained_flows")


def start_of_curves(log_p):
    p = torch.exp(log_p)
    D, K = p.shape
    slopes = torch.zeros(D, K + 1, dtype=p.dtype, device=p.device)
    slopes[:, 0], slopes[:, K] = K * p[:, 0], K * p[:, K - 1]
    for k in range(1, K):
        slopes[:, k] = K * 0.5 * (p[:, k - 1] + p[:, k])
    return p, slopes


def flow_nats(inverse, x, K):
    z, ladj = inverse(x / K)
    each = -torch.distributions.Normal(0.0, 1.0).log_prob(z) + math.log(K)
    return each.sum(1) - ladj


def digit_to_noise(x):
    flow = NOTEBOOK["curves_run"]()[0]
    z, ladj = flow.inverse(x / 17)
    return z, ladj + 64 * math.log(1 / 17)


def digit_from_noise(z):
    x, _ = NOTEBOOK["curves_run"]()[0](z)
    return x * 17
