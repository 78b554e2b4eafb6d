# breaks: with few steps, inverse is where just these lead from x | mistake: one step too many or too few
import torch


def _terms(f, z, n):
    z = z if z.requires_grad else z.detach().requires_grad_()
    y = f(z)
    J = torch.stack([torch.autograd.grad(y[:, i].sum(), z, create_graph=True)[0] for i in range(z.shape[1])], dim=1)
    power, ladj = J, 0
    for k in range(1, n + 1):
        ladj = ladj - (-1) ** k * power.diagonal(dim1=1, dim2=2).sum(1) / k
        power = power @ J
    return ladj


def residual_inverse(x, f, n):
    z = x - f(x)
    for _ in range(n):
        z = x - f(z)
    return z, -_terms(f, z, n)
