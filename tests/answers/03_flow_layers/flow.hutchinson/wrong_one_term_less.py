# breaks: every row gets the alternating sum of its own vᵀJᵏv / k | mistake: one term missing
import torch


def hutchinson_ladj(f, z, v, n):
    z = z if z.requires_grad else z.detach().requires_grad_()
    out, w, total = f(z), v, 0 * z.sum(1)
    for k in range(1, n):
        (w,) = torch.autograd.grad(out, z, w, create_graph=True)
        total = total + (-1) ** (k + 1) * (w * v).sum(1) / k
    return total
