# breaks: every unbiased estimator is accepted, however much it scatters | mistake: refuses everything
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
    for c in ([1.0], [0.3, 1.2], [0.5, -1.0, 0.7, 0.4], [2.0, 1.0, -0.5, 0.3, 0.2]):
        c = torch.tensor(c, dtype=torch.float64)
        for mu, sigma in ((0.7, 0.6), (-1.2, 1.7)):
            for per_row in (1, 2):
                eps, prob = points(12, per_row)
                mean = implementation(c, mu, sigma, eps).mean(0)
                if not torch.allclose(mean, truth(c, mu, sigma), rtol=1e-6, atol=1e-6):
                    return False
    return True
