# breaks: an implementation that is right for some inputs only is caught
import torch
from torch.distributions import MultivariateNormal


def is_affine_density(implementation):
    """A thorough test, of small matrices near the bulk."""
    generator = torch.Generator().manual_seed(1)
    for D in (1, 2, 3):
        for sign in (1, -1):
            A = torch.randn(D, D, generator=generator, dtype=torch.float64)
            A[0] *= sign * torch.linalg.det(A).sign()
            b, x = torch.randn(D, generator=generator), torch.randn(7, D, generator=generator)
            b, x = b.double(), x.double()
            want = MultivariateNormal(b, A @ A.T).log_prob(x)
            if not torch.allclose(implementation(x, A, b), want, rtol=1e-4, atol=1e-4):
                return False
    return True
