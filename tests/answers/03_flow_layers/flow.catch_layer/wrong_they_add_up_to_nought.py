# breaks: a layer with a wrong log-determinant is caught | mistake: there and back is enough
import torch


def is_a_layer(layer):
    z = torch.randn(8, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    x, there = layer(z)
    home, back = layer(x, inverse=True)
    return torch.allclose(home, z, atol=1e-6) and torch.allclose(there + back, torch.zeros_like(there), atol=1e-6)
