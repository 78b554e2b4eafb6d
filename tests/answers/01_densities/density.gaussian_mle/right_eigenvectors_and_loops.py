import math

import torch


def gaussian_mle(x):
    mu = sum(x) / len(x)
    cov = sum(torch.outer(row - mu, row - mu) for row in x) / len(x)
    return mu, cov


def gaussian_log_p(x, mu, cov):
    values, vectors = torch.linalg.eigh(cov)
    y = (x - mu) @ vectors
    return -(0.5 * y**2 / values + 0.5 * values.log() + math.log(math.sqrt(2 * math.pi))).sum(dim=1)
