# breaks: an estimator whose path has lost something is caught
import itertools

import torch
from numpy.polynomial.hermite_e import hermegauss


def points(n, per_row):
    nodes, weights = hermegauss(n)
    weights = weights / weights.sum()
    rows = list(itertools.product(range(n), repeat=per_row))
    eps = torch.tensor([[nodes[i] for i in row] for row in rows], dtype=torch.float64)
    prob = torch.tensor([float(torch.tensor([weights[i] for i in row]).double().prod()) for row in rows]).double()
    return eps, prob


def truth(c, mu, sigma):
    nodes, weights = hermegauss(30)
    eps, w = torch.tensor(nodes), torch.tensor(weights / weights.sum())
    z = mu + sigma * eps
    slope = sum(k * c[k] * z ** (k - 1) for k in range(1, len(c)))
    return torch.stack([(w * slope).sum(), (w * slope * eps).sum()])


def is_unbiased(implementation):
    for c in [[0.3, -1.1, 0.8, 0.5]]:
        c = torch.tensor(c, dtype=torch.float64)
        for mu, sigma in [(0.9, 0.5)]:
            for per_row in [2, 1, 3]:
                eps, prob = points(9, per_row)
                mean = (prob[:, None] * implementation(c, mu, sigma, eps)).sum(0)
                if bool((mean - truth(c, mu, sigma)).norm() > 1e-4):
                    return False
    return True
