import torch


def hutchinson_ladj(f, z, v, n):
    z = z if z.requires_grad else z.detach().requires_grad_()
    out = f(z)
    J = torch.stack([torch.autograd.grad(o.sum(), z, create_graph=True)[0] for o in out.unbind(1)], dim=1)
    w, total = v[:, :, None], 0
    for k in range(1, n + 1):
        w = J @ w
        total = total - (-1) ** k * (v[:, None, :] @ w)[:, 0, 0] / k
    return total
