import torch
import torch.nn.functional as F


def blind_pixel(k):
    return 3, 3 * (k // 2) + 2


def two_stacks(x, vertical, horizontal):
    L, k, _ = vertical.shape
    c = k // 2
    H, W = x.shape[2:]
    v = h = x[:, 0]
    for n in range(L):
        if n > 0:
            v, h = torch.tanh(v), torch.tanh(h)
        V, U = F.pad(v, [c] * 4), F.pad(h, [c] * 4)
        new_v = (
            sum(vertical[n, i, j] * V[:, i : i + H, j : j + W] for i in range(c + (n > 0)) for j in range(k)) + 0 * v
        )
        new_h = sum(horizontal[n, c, j] * U[:, c : c + H, j : j + W] for j in range(c + (n > 0))) + 0 * h
        v, h = new_v, new_h + new_v
    return h[:, None]
