# breaks: the log-determinant of inverse is that of ∂z/∂x, for every item by itself | mistake: the log-determinant taken at x
import torch


def residual_inverse(x, f, n):
    z = x
    for _ in range(n):
        z = x - f(z)
    at = x.detach().requires_grad_()
    y = f(at)
    J = torch.stack([torch.autograd.grad(o.sum(), at, create_graph=True)[0] for o in y.unbind(1)], dim=1)
    power, ladj = J, 0
    for k in range(1, n + 1):
        ladj = ladj + (-1) ** k * power.diagonal(dim1=1, dim2=2).sum(1) / k
        power = power @ J
    return z, ladj
