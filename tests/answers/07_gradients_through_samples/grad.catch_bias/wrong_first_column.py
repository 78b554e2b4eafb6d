# breaks: an estimator whose path has lost something is caught | mistake: the derivative by mu alone
import numpy as np
import torch


def is_unbiased(implementation):
    nodes, weights = np.polynomial.hermite_e.hermegauss(10)
    nodes, weights = torch.tensor(nodes), torch.tensor(weights / weights.sum())
    pairs, chance = torch.cartesian_prod(nodes, nodes), torch.cartesian_prod(weights, weights).prod(1)
    c = torch.tensor([1.0, -2.0, 0.5, 0.7, -0.2], dtype=torch.float64)
    for mu, sigma in ((0.5, 2.0), (-1.0, 0.3)):
        z = mu + sigma * nodes
        truth = weights @ (c[1] + 2 * c[2] * z + 3 * c[3] * z**2 + 4 * c[4] * z**3)
        for eps, w in ((nodes[:, None], weights), (pairs, chance)):
            if abs(float(w @ implementation(c, mu, sigma, eps)[:, 0] - truth)) > 1e-8:
                return False
    return True
