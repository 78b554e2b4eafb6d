# breaks: every row gets the alternating sum of its own vᵀJᵏv / k | mistake: powers of the number
import torch


def hutchinson_ladj(f, z, v, n):
    z = z if z.requires_grad else z.detach().requires_grad_()
    (w,) = torch.autograd.grad(f(z), z, v, create_graph=True)
    q = (w * v).sum(1)
    return sum((-1) ** (k + 1) * q**k / k for k in range(1, n + 1))
