# breaks: a layer whose inverse does not undo forward is caught | mistake: only the log-determinant of forward
import torch


def is_a_layer(layer):
    z = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    x, ladj = layer(z)
    h = 1e-5
    columns = [(layer(z + h * e)[0] - layer(z - h * e)[0]) / (2 * h) for e in torch.eye(3).double()]
    volume = torch.linalg.slogdet(torch.stack(columns, 2))[1]
    return torch.allclose(ladj, volume, atol=1e-4) and torch.allclose(layer(z[:1])[0], x[:1])
