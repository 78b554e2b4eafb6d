# breaks: every right layer is accepted, of whatever make it is | mistake: every layer is refused
import torch


def is_a_layer(layer):
    z = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    x, ladj = layer(z)
    home, back = layer(x, inverse=True)
    h = 1e-5
    columns = [(layer(z + h * e)[0] - layer(z - h * e)[0]) / (2 * h) for e in torch.eye(3).double()]
    volume = torch.linalg.slogdet(torch.stack(columns, 2))[1]
    return torch.equal(ladj, volume) and torch.equal(back, -volume) and torch.equal(home, z)
