# scipy distances, a Python float
import numpy as np
import torch
from scipy.spatial.distance import cdist, pdist


def kernel(x, y, h):
    return torch.from_numpy(
        np.exp(-cdist(x.double().cpu().numpy(), y.double().cpu().numpy(), "sqeuclidean") / 2 / h**2)
    ).to(x)


def mmd_unbiased(x, y, h):
    a, b = x.double().cpu().numpy(), y.double().cpu().numpy()

    def g(s):
        return np.exp(-s / (2 * h * h))

    return float(
        g(pdist(a, "sqeuclidean")).mean() + g(pdist(b, "sqeuclidean")).mean() - 2 * g(cdist(a, b, "sqeuclidean")).mean()
    )
