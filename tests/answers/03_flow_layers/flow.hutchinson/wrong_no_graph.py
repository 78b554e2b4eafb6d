# breaks: the estimate can be differentiated with respect to z, as training needs | mistake: cut off from its graph
import torch


def hutchinson_ladj(f, z, v, n):
    z = z.detach().requires_grad_()
    out, w, total = f(z), v, 0
    for k in range(1, n + 1):
        (w,) = torch.autograd.grad(out, z, w, retain_graph=True)
        total = total + (-1) ** (k + 1) * (w * v).sum(1) / k
    return total
