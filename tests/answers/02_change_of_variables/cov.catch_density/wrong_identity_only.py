# breaks: an implementation that goes the wrong way between x and z is caught
import math

import torch


def is_affine_density(implementation):
    x, A, b = torch.tensor([[1.0, -2.0], [0.0, 0.0], [0.5, 3.0]]), torch.eye(2), torch.zeros(2)
    want = -0.5 * (x**2).sum(1) - math.log(2 * math.pi)
    return torch.allclose(implementation(x, A, b), want, atol=1e-4)
