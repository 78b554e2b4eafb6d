# the truth by central differences of the exact mean of f; three polynomials, rows of one to two noises in numpy
import numpy as np
import torch

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(8)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def mean(c, mu, sigma):
    return WEIGHTS @ np.polynomial.polynomial.polyval(mu + sigma * NODES, c)


def is_unbiased(implementation):
    pairs = np.array([(a, b) for a in NODES for b in NODES])
    grids = ((NODES[:, None], WEIGHTS), (pairs, np.outer(WEIGHTS, WEIGHTS).ravel()))
    h = 1e-4
    for c in ([1.0, 1.0, 1.0, 1.0], [5.0, -1.0], [0.2, 0.0, -1.0, 0.0, 0.5]):
        for mu, sigma in ((1.2, 0.7), (-0.4, 1.9)):
            by_mu = (mean(c, mu + h, sigma) - mean(c, mu - h, sigma)) / (2 * h)
            by_sigma = (mean(c, mu, sigma + h) - mean(c, mu, sigma - h)) / (2 * h)
            for eps, w in grids:
                got = w @ implementation(torch.tensor(c, dtype=torch.float64), mu, sigma, torch.tensor(eps)).numpy()
                if np.abs(got - [by_mu, by_sigma]).max() > 1e-4:
                    return False
    return True
