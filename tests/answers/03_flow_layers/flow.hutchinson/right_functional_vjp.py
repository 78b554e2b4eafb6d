import torch


def hutchinson_ladj(f, z, v, n):
    _, pull = torch.func.vjp(f, z)
    w, total = v, torch.zeros_like(z[:, 0])
    for k in range(1, n + 1):
        (w,) = pull(w)
        total = total + (w * v).sum(-1) * (1 if k % 2 else -1) / k
    return total
