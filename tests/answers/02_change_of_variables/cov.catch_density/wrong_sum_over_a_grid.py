# breaks: an implementation that goes the wrong way between x and z is caught | mistake: only that it integrates to one
import torch


def is_affine_density(implementation):
    side = torch.linspace(-15, 15, 151, dtype=torch.float64)
    grid = torch.cartesian_prod(side, side)
    A = torch.tensor([[0.5, 2.0], [1.5, -1.0]], dtype=torch.float64)
    b = torch.tensor([1.0, -2.0], dtype=torch.float64)
    total = implementation(grid, A, b).exp().sum() * 0.2**2
    return bool(abs(total - 1) < 1e-2)
