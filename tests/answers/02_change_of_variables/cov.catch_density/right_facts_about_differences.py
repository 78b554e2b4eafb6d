import math

import torch


def is_affine_density(implementation):
    """Height at the mode, slopes by differences along the columns of A, and a batch that is asked point by point."""
    ask = lambda x, A, b: implementation(x, A, b).double()  # noqa: E731
    for A in ([[0.5, 2.0], [1.5, -1.0]], [[0.3, 0.1], [-0.2, 0.4]], [[2.0, 0.0], [1.0, 1.0]], [[-0.1]]):
        A = torch.tensor(A, dtype=torch.float64)
        D = len(A)
        b = torch.arange(1.0, D + 1, dtype=torch.float64)
        top = -D / 2 * math.log(2 * math.pi) - math.log(abs(torch.linalg.det(A)))
        z = torch.tensor([[0.0] * D, [1.0] * D, [-2.0] + [0.5] * (D - 1), [60.0] * D], dtype=torch.float64)
        got, want = ask(z @ A.T + b, A, b), top - 0.5 * (z**2).sum(1)
        if not torch.allclose(got, want, rtol=1e-5, atol=2e-4):
            return False
    D = 250
    got = ask(torch.zeros(2, D).double(), 0.02 * torch.eye(D).double(), torch.zeros(D).double())
    return bool(torch.allclose(got, torch.full((2,), -D * (0.9189385 + math.log(0.02))).double(), rtol=1e-5))
