import torch


def _numeric(way, at, h=1e-4):
    eye = torch.eye(3, dtype=torch.float64)
    moved = [(way(at + h * e)[0] - way(at - h * e)[0]) / (2 * h) for e in eye]
    return torch.linalg.slogdet(torch.stack(moved, -1))[1]


def is_a_layer(layer):
    torch.manual_seed(4)
    z = 2 * torch.randn(6, 3, dtype=torch.float64)

    def back(x):
        return layer(x, inverse=True)

    x, ladj = layer(z)
    good = torch.allclose(back(x)[0], z, atol=1e-5)
    good &= torch.allclose(ladj, _numeric(layer, z), atol=1e-4)
    good &= torch.allclose(back(x)[1], _numeric(back, x), atol=1e-4)
    good &= torch.allclose(layer(z[2:3])[0], x[2:3], atol=1e-6)
    good &= torch.allclose(back(x[1:2])[0], z[1:2], atol=1e-5)
    return bool(good)
