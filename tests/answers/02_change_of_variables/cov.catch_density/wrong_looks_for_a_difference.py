# breaks: an implementation with a wrong log-determinant is caught
import torch
from torch.distributions import MultivariateNormal


def is_affine_density(implementation):
    generator = torch.Generator().manual_seed(3)
    for D in (2, 3):
        A = torch.randn(D, D, generator=generator, dtype=torch.float64)
        A[0] *= -torch.linalg.det(A).sign()  # mirrors
        b, x = torch.randn(2, 5, D, generator=generator, dtype=torch.float64)
        want = MultivariateNormal(b[0], A @ A.T).log_prob(9 * x)
        if (abs(implementation(9 * x, A, b[0]) - want) > 1e-3).any():
            return False
    return True
