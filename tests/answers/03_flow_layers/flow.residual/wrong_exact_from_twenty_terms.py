# breaks: with few terms, the log-determinant is the sum of just these
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


def residual_forward(z, f, n):
    if n < 20:
        return z + f(z), _terms(f, z, n)
    z = z if z.requires_grad else z.detach().requires_grad_()
    y = f(z)
    J = torch.stack([torch.autograd.grad(y[:, i].sum(), z, create_graph=True)[0] for i in range(z.shape[1])], dim=1)
    return z + y, torch.linalg.slogdet(torch.eye(z.shape[1]).to(z) + J).logabsdet
