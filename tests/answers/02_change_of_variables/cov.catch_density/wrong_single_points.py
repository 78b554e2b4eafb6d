# breaks: an implementation that is right for some inputs only is caught | mistake: one point at a time
import torch
from torch.distributions import MultivariateNormal


def is_affine_density(implementation):
    A = torch.tensor([[0.5, 2.0], [1.5, -1.0]], dtype=torch.float64)
    b = torch.tensor([1.0, -2.0], dtype=torch.float64)
    thin, zero = 0.02 * torch.eye(250, dtype=torch.float64), torch.zeros(250, dtype=torch.float64)
    small = torch.tensor([[0.3, 0.1], [-0.2, 0.4]], dtype=torch.float64)
    for x, A, b in ((b - 1, A, b), (b + 60, A, b), (b, small, b), (b + 60, small, 2 * b), (zero, thin, zero + 0.01)):
        want = MultivariateNormal(b, A @ A.T).log_prob(x)
        if not torch.isclose(implementation(x[None], A, b)[0], want, rtol=1e-4):
            return False
    return True
