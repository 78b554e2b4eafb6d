import torch


def residual_forward(z, f, n):
    z = z if z.requires_grad else z.detach().requires_grad_()
    y = f(z)
    l = 0
    for i in range(z.shape[1]):
        w = torch.zeros_like(z)
        w[:, i] = 1
        for k in range(1, n + 1):
            w = torch.autograd.grad(y, z, w, create_graph=True)[0]
            l = l - (-1) ** k * w[:, i] / k
    return z + y, l
