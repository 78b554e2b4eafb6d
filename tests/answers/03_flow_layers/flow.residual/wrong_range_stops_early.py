# breaks: with few terms, the log-determinant is the sum of just these | mistake: one term missing
import torch


def residual_forward(z, f, n):
    z = z if z.requires_grad else z.detach().requires_grad_()
    y = f(z)
    J = torch.stack([torch.autograd.grad(o.sum(), z, create_graph=True)[0] for o in y.unbind(1)], dim=1)
    power, ladj = J, torch.zeros_like(z[:, 0])
    for k in range(1, n):
        ladj = ladj + (-1) ** (k + 1) * power.diagonal(dim1=1, dim2=2).sum(1) / k
        power = power @ J
    return z + y, ladj
