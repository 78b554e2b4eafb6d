import torch


def residual_forward(z, f, n):
    z = z if z.requires_grad else z.detach().requires_grad_()
    y = f(z)
    J = torch.stack([torch.autograd.grad(y[:, i].sum(), z, create_graph=True)[0] for i in range(z.shape[1])], dim=1)
    eye = torch.eye(z.shape[1], dtype=z.dtype, device=z.device)
    total = torch.zeros_like(J)
    for k in range(n, 0, -1):  # J (1 − J (1/2 − J (1/3 − …)))
        total = J @ (eye / k - total)
    return z + y, total.diagonal(dim1=1, dim2=2).sum(1)


def residual_inverse(x, f, n):
    z = x.clone()
    for _ in range(n):
        z = x - f(z)
    return z, -residual_forward(z, f, n)[1]
