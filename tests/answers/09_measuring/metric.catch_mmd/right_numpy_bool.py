# numpy, and a numpy truth value
import numpy as np
import torch


def is_mmd_unbiased(implementation):
    rng, ok = np.random.default_rng(4), True
    for n, m, D, h in ((4, 2, 2, 0.8), (6, 6, 1, 1.7), (2, 8, 3, 2.5), (5, 4, 2, 0.4)):
        a, b = rng.normal(size=(n, D)), rng.normal(size=(m, D)) * 1.2
        for p, q in ((a, b), (a, a + 0.02), (a, a[:2] + 0.02), (a, np.concatenate([a, b]) * 0.9)):

            def k(u, v):
                return np.exp(-((u[:, None] - v[None]) ** 2).sum(-1) / (2 * h * h))

            def off(u):
                return k(u, u)[~np.eye(len(u), dtype=bool)].mean()

            want = off(p) + off(q) - 2 * k(p, q).mean()
            ok = ok and np.allclose(float(implementation(torch.from_numpy(p), torch.from_numpy(q), h)), want, atol=1e-4)
    return np.bool_(ok)
