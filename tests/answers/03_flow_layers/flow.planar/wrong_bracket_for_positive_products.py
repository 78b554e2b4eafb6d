# breaks: inverse carries every x to the z from which it comes
import torch


def planar_inverse(x, w, u, b):
    y, c = x @ w, u @ w
    low, high = y - c, y + c
    for _ in range(80):
        a = (low + high) / 2
        small = a + c * torch.tanh(a + b) < y
        low, high = torch.where(small, a, low), torch.where(small, high, a)
    a = torch.maximum(a, y)
    z = x - torch.tanh(a + b)[:, None] * u
    return z, -torch.log(1 + c * (1 - torch.tanh(z @ w + b) ** 2))
