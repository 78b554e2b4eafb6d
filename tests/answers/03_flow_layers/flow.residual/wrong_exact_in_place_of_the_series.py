# breaks: with few terms, the log-determinant is the sum of just these | mistake: the whole series
import torch


def residual_forward(z, f, n):
    z = z if z.requires_grad else z.detach().requires_grad_()
    y = f(z)
    J = torch.stack([torch.autograd.grad(o.sum(), z, create_graph=True)[0] for o in y.unbind(1)], dim=1)
    eye = torch.eye(z.shape[1], dtype=z.dtype, device=z.device)
    return z + y, torch.linalg.slogdet(eye + J)[1]
