# breaks: a layer that lets the items of a batch meet is caught | mistake: one item at a time
import torch


def is_a_layer(layer):
    z = torch.tensor([[0.7, -1.1, 0.4]], dtype=torch.float64)
    x, ladj = layer(z)
    home, back = layer(x, inverse=True)
    h = 1e-5
    columns = [(layer(z + h * e)[0] - layer(z - h * e)[0])[0] / (2 * h) for e in torch.eye(3).double()]
    volume = torch.linalg.slogdet(torch.stack(columns, 1))[1]
    claims = [(ladj[0], volume), (back[0], -volume), (home, z)]
    return all(torch.allclose(a, b, atol=1e-4) for a, b in claims)
