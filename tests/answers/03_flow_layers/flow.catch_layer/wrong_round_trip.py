# breaks: a layer with a wrong log-determinant is caught | mistake: there and back is enough
import torch


def is_a_layer(layer):
    z = torch.randn(8, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    x, _ = layer(z)
    return torch.allclose(layer(x, inverse=True)[0], z, atol=1e-6)
