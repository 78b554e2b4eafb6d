import numpy as np
import torch


def is_bound(implementation):
    """The value at one place per picture, and how it changes when single entries of u or of levels are moved."""

    def ask(levels, u, mean, std):
        return implementation(*(torch.tensor(part, dtype=torch.float64) for part in (levels, u, mean, std))).numpy()

    levels, u = np.array([[2.0, 12.0], [5.0, 8.0], [16.0, 0.0]]), np.array([[0.2, 0.9], [0.6, 0.3], [0.8, 0.15]])
    mean, std = np.array([4.0, 9.0]), np.array([2.0, 1.25])

    def told(levels, u):
        x = levels + u
        return np.array(
            [-np.log(np.prod(np.exp(-((r - mean) ** 2) / 2 / std**2) / std / np.sqrt(2 * np.pi))) for r in x]
        )

    good = np.allclose(ask(levels, u, mean, std), told(levels, u), atol=1e-3)
    for n in range(3):
        for d in range(2):
            other = u.copy()
            other[n, d] = 0.5
            good = good and np.allclose(ask(levels, other, mean, std), told(levels, other), atol=1e-3)
    return bool(good)
