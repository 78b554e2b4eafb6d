# breaks: inverse carries every x to the z from which it comes
import torch


def planar_inverse(x, w, u, b):
    c, y = u @ w, x @ w
    lo, hi = torch.full_like(y, -10.0), torch.full_like(y, 10.0)
    for _ in range(100):
        m = (lo + hi) / 2
        r = m + c * torch.tanh(m + b) < y
        lo, hi = torch.where(r, m, lo), torch.where(r, hi, m)
    h = torch.tanh(lo + b)
    return x - u * h[:, None], -torch.log((1 + c * (1 - h**2)).abs())
