import math
from pathlib import Path

import torch

import autograder
from autograder.measuring.answers import reference

NOTEBOOK = reference(Path(autograder.__file__).parents[1], "04_trained_flows")


def start_of_curves(log_p):
    p, K = log_p.exp(), log_p.shape[1]
    inner = (p[:, 1:] + p[:, :-1]) * (K / 2)
    return p, torch.cat([K * p[:, :1], inner, K * p[:, -1:]], 1)


def flow_nats(inverse, x, K):
    z, ladj = inverse(x / K)
    return ((z**2 + math.log(2 * math.pi)) / 2 + math.log(K)).sum(1) - ladj


def digit_to_noise(x):
    """The layers one after the other; nobody has moved these pictures."""
    flow = NOTEBOOK["curves_run"]()[0]
    z, total = flow.curves.inverse(x / 17)
    for layer in flow.couplings:
        z, ladj = layer.inverse(z, torch.zeros(len(z), 5))
        total = total + ladj
    return z, total - 64 * math.log(17)


def digit_from_noise(z):
    flow = NOTEBOOK["curves_run"]()[0]
    for layer in list(flow.couplings)[::-1]:
        z, _ = layer(z, torch.zeros(len(z), 5))
    return 17 * flow.curves(z)[0]
