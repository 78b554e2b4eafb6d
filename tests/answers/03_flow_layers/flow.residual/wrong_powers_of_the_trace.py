# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: powers of the trace
import torch


def residual_forward(z, f, n):
    z = z if z.requires_grad else z.detach().requires_grad_()
    y = f(z)
    J = torch.stack([torch.autograd.grad(o.sum(), z, create_graph=True)[0] for o in y.unbind(1)], dim=1)
    trace = J.diagonal(dim1=1, dim2=2).sum(1)
    return z + y, sum((-1) ** (k + 1) * trace**k / k for k in range(1, n + 1))
