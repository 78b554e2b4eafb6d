# breaks: every right layer is accepted, of whatever make it is | mistake: every layer is refused
import torch


def is_a_layer(layer):
    z = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(5)).requires_grad_()
    x, ladj = layer(z)
    if not x.requires_grad:
        return False
    rows = [torch.autograd.grad(x[:, i].sum(), z, create_graph=True)[0] for i in range(3)]
    return torch.allclose(torch.linalg.slogdet(torch.stack(rows, 1))[1], ladj)
