# breaks: an estimator that is unbiased for some f and parameters only is caught
import numpy as np
import torch


def is_unbiased(implementation):
    nodes, weights = np.polynomial.hermite_e.hermegauss(10)
    nodes, weights = torch.tensor(nodes), torch.tensor(weights / weights.sum())
    pairs, chance = torch.cartesian_prod(nodes, nodes), torch.cartesian_prod(weights, weights).prod(1)
    c = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    for mu, sigma in ((0.5, 2.0), (-1.0, 0.3)):
        truth = torch.tensor([2 * mu, 2 * sigma], dtype=torch.float64)
        for eps, w in ((nodes[:, None], weights), (pairs, chance)):
            if not torch.allclose(w @ implementation(c, mu, sigma, eps), truth, atol=1e-8):
                return False
    return True
