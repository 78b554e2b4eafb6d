# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the Jacobian of the layer
import torch


def jacobian_of(f, z):
    z = z if z.requires_grad else z.detach().requires_grad_()
    rows = [torch.autograd.grad(out.sum(), z, create_graph=True)[0] for out in f(z).unbind(1)]
    return torch.stack(rows, dim=1)


def residual_forward(z, f, n):
    J = jacobian_of(lambda v: v + f(v), z)
    P, l = J, 0
    for k in range(1, n + 1):
        l = l + (-1) ** (k + 1) * P.diagonal(dim1=1, dim2=2).sum(1) / k
        P = P @ J
    return z + f(z), l
