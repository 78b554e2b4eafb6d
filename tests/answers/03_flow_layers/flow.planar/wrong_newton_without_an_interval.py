# breaks: inverse carries every x to the z from which it comes
import torch


def planar_inverse(x, w, u, b):
    c, y = u @ w, x @ w
    a = y
    for _ in range(10):
        h = torch.tanh(a + b)
        a = a - (a + c * h - y) / (1 + c * (1 - h**2))
    h = torch.tanh(a + b)
    return x - u * h[:, None], -torch.log((1 + c * (1 - h**2)).abs())
