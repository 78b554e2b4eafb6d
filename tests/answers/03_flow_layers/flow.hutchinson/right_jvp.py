import torch


def hutchinson_ladj(f, z, v, n):
    w, terms = v, []
    for k in range(1, n + 1):
        w = torch.func.jvp(f, (z,), (w,))[1]
        terms.append((-1) ** (k + 1) * torch.einsum("bd,bd->b", v, w) / k)
    return torch.stack(terms).sum(0)
