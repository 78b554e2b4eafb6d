# breaks: every right layer is accepted, of whatever make it is | mistake: a log-determinant of 0 refused
import torch


def is_a_layer(layer):
    z = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    x, ladj = layer(z)
    home, back = layer(x, inverse=True)
    h = 1e-5
    columns = [(layer(z + h * e)[0] - layer(z - h * e)[0]) / (2 * h) for e in torch.eye(3).double()]
    volume = torch.linalg.slogdet(torch.stack(columns, 2))[1]
    if (ladj == 0).all():
        return False
    claims = [(ladj, volume), (back, -volume), (home, z), (layer(z[:1])[0], x[:1])]
    return all(torch.allclose(a, b, atol=1e-4) for a, b in claims)
