# breaks: an implementation with a wrong constant is caught
import torch
from torch.distributions import MultivariateNormal


def is_affine_density(implementation):
    A = torch.tensor([[0.5, 2.0], [1.5, -1.0]], dtype=torch.float64)
    b = torch.tensor([1.0, -2.0], dtype=torch.float64)
    x = torch.tensor([[1.0, 2.0], [30.0, -50.0], [-1.0, 3.0]], dtype=torch.float64)
    got, want = implementation(x, A, b), MultivariateNormal(b, A @ A.T).log_prob(x)
    return bool((abs(got - want) < 1.0).all())
