# breaks: inverse carries every x to the z from which it comes | mistake: one step back
import torch


def residual_inverse(x, f, n):
    z = (x - f(x)).detach().requires_grad_()
    y = f(z)
    J = torch.stack([torch.autograd.grad(o.sum(), z, create_graph=True)[0] for o in y.unbind(1)], dim=1)
    power, ladj = J, 0
    for k in range(1, n + 1):
        ladj = ladj + (-1) ** k * power.diagonal(dim1=1, dim2=2).sum(1) / k
        power = power @ J
    return z, ladj
