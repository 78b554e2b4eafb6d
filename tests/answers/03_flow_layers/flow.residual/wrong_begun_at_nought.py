# breaks: with few steps, inverse is where just these lead from x | mistake: begun at 0
import torch


def jacobian_of(f, z):
    z = z if z.requires_grad else z.detach().requires_grad_()
    rows = [torch.autograd.grad(out.sum(), z, create_graph=True)[0] for out in f(z).unbind(1)]
    return torch.stack(rows, dim=1)


def residual_inverse(x, f, n):
    z = torch.zeros_like(x)
    for _ in range(n):
        z = x - f(z)
    J = jacobian_of(f, z)
    P, l = J, 0
    for k in range(1, n + 1):
        l = l - (-1) ** (k + 1) * P.diagonal(dim1=1, dim2=2).sum(1) / k
        P = P @ J
    return z, l
