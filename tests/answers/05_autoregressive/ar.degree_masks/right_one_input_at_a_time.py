import torch


def reads(f, x):
    cols = []
    for j in range(x.shape[1]):
        e = torch.zeros_like(x)
        e[:, j] = 1
        cols.append((torch.func.jvp(f, (x,), (e,))[1] != 0).any(0))
    return torch.stack(cols, 1)
