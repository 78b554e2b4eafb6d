# the truth by moments of the normal: m_k = mu m_(k−1) + (k − 1) sigma² m_(k−2), differentiated by autograd
import numpy as np
import torch


def mean_of(c, mu, sigma):
    moments = [torch.ones((), dtype=torch.float64), mu]
    for k in range(2, len(c)):
        moments.append(mu * moments[-1] + (k - 1) * sigma**2 * moments[-2])
    return sum(coefficient * moment for coefficient, moment in zip(c, moments, strict=False))


def is_unbiased(implementation):
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    nodes, weights = torch.tensor(nodes), torch.tensor(weights / weights.sum())
    grids = [(nodes[:, None], weights)]
    grids.append((torch.cartesian_prod(nodes, nodes), torch.cartesian_prod(weights, weights).prod(dim=1)))
    for mu, sigma in ((0.5, 2.0), (-1.0, 0.3), (0.0, 1.3)):
        for c in ([1.0, 2.0, -0.5, 0.25], [-2.0, 0.0, 1.0, 0.0, 0.3], [4.0, -1.0]):
            c = torch.tensor(c, dtype=torch.float64)
            at = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (mu, sigma)]
            wanted = torch.autograd.grad(mean_of(c, *at), at, allow_unused=True, materialize_grads=True)
            for eps, chance in grids:
                got = (implementation(c, mu, sigma, eps) * chance[:, None]).sum(0)
                if any(abs(float(g) - float(w)) > 1e-7 for g, w in zip(got, wanted, strict=True)):
                    return False
    return True
