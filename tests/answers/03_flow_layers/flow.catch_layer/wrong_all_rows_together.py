# breaks: a layer that lets the items of a batch meet is caught | mistake: all rows moved together
import torch


def is_a_layer(layer):
    z = torch.randn(2, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x, a = layer(z)
    y, b = layer(x, inverse=True)
    h = 1e-5
    J = torch.stack(
        [(layer(z + h * e)[0] - layer(z - h * e)[0]) / (2 * h) for e in torch.eye(3, dtype=torch.float64)], 2
    )
    l = torch.linalg.slogdet(J).logabsdet
    return bool(
        torch.allclose(y, z, atol=1e-5) and torch.allclose(a, l, atol=1e-5) and torch.allclose(b, -l, atol=1e-5)
    )
