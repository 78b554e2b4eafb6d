# breaks: an implementation with a wrong log-determinant is caught | mistake: one round, centred question
import torch
from torch.distributions import MultivariateNormal


def is_affine_density(implementation):
    x = torch.tensor([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]], dtype=torch.float64)
    A = torch.diag(torch.tensor([2.0, 2.0], dtype=torch.float64))
    b = torch.zeros(2, dtype=torch.float64)
    want = MultivariateNormal(b, A @ A.T).log_prob(x)
    return bool(torch.allclose(implementation(x, A, b), want, rtol=1e-4, atol=1e-4))
