import math

import numpy as np
import torch
from scipy.stats import multivariate_normal


def is_affine_density(implementation):
    rng = np.random.default_rng(5)
    for D, scale in ((1, 1.0), (2, 0.2), (3, 3.0), (3, 0.3)):
        for sign in (1, -1):
            A = scale * (rng.normal(size=(D, D)) + 2 * np.eye(D)[::-1])
            A[0] *= sign * np.sign(np.linalg.det(A))
            b, x = rng.normal(size=D), rng.normal(size=(5, D)) * np.array([[1.0], [2.0], [4.0], [40.0], [90.0]])
            want = np.atleast_1d(multivariate_normal(b, A @ A.T).logpdf(x))
            got = implementation(*(torch.tensor(v) for v in (x, A, b))).numpy()
            if not np.allclose(got, want, rtol=1e-4, atol=1e-5):
                return False
    D = 200
    got = implementation(torch.zeros(4, D), 0.01 * torch.eye(D), torch.zeros(D))
    want = -D * (0.5 * math.log(2 * math.pi) + math.log(0.01))
    return bool(((got - want).abs() < 1e-4 * want).all())
