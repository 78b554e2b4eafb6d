import math
from pathlib import Path

import torch

import autograder
from autograder.measuring.answers import reference

NOTEBOOK = reference(Path(autograder.__file__).parents[1], "04_trained_flows")


def start_of_curves(log_p):
    p = torch.softmax(log_p, dim=1)
    left, right = torch.cat([p[:, :1], p], 1), torch.cat([p, p[:, -1:]], 1)
    return p, p.shape[1] / 2 * (left + right)


def flow_nats(inverse, x, K):
    z, ladj = inverse(x / K)
    bell = torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return x.shape[1] * math.log(K) - (ladj + bell.log().sum(dim=-1))


def digit_to_noise(x):
    flow = NOTEBOOK["curves_run"]()[0]
    parts = [flow.inverse(rows / 17.0) for rows in x.split(200)]
    return torch.cat([z for z, _ in parts]), torch.cat([ladj for _, ladj in parts]) - math.log(17) * x.shape[1]


def digit_from_noise(z):
    with torch.no_grad():
        return torch.cat([17 * NOTEBOOK["curves_run"]()[0](row[None])[0] for row in z])
