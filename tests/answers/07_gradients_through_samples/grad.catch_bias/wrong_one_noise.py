# breaks: an estimator that is unbiased with a single noise only is caught | mistake: one noise in a row
import numpy as np
import torch


def is_unbiased(implementation):
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    eps, w = torch.tensor(nodes)[:, None], torch.tensor(weights / weights.sum())
    for mu, sigma in ((0.5, 2.0), (-1.0, 0.3)):
        for c in ([1.0, 2.0, -0.5, 0.25], [-2.0, 0.0, 1.0, 0.0, 0.3]):
            z = mu + sigma * eps[:, 0]
            slope = sum(k * c[k] * z ** (k - 1) for k in range(1, len(c)))
            truth = torch.stack([w @ slope, w @ (slope * eps[:, 0])])
            got = w @ implementation(torch.tensor(c, dtype=torch.float64), mu, sigma, eps)
            if not torch.allclose(got, truth, atol=1e-8):
                return False
    return True
