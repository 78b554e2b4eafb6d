# breaks: an estimator with a slip in the score is caught | mistake: a standard normal only
import numpy as np
import torch


def is_unbiased(implementation):
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    nodes, weights = torch.tensor(nodes), torch.tensor(weights / weights.sum())
    pairs, chance = torch.cartesian_prod(nodes, nodes), torch.cartesian_prod(weights, weights).prod(1)
    c = torch.tensor([1.0, -2.0, 0.5, 0.7, -0.2], dtype=torch.float64)
    slope = c[1] + 2 * c[2] * nodes + 3 * c[3] * nodes**2 + 4 * c[4] * nodes**3
    truth = torch.stack([weights @ slope, weights @ (slope * nodes)])
    for eps, w in ((nodes[:, None], weights), (pairs, chance)):
        if not torch.allclose(w @ implementation(c, 0.0, 1.0, eps), truth, atol=1e-8):
            return False
    return True
