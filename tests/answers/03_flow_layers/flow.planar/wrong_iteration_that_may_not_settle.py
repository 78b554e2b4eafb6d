# breaks: inverse carries every x to the z from which it comes | mistake: an iteration that need not settle
import torch


def planar_inverse(x, w, u, b):
    z = x
    for _ in range(100):
        z = x - u * torch.tanh(z @ w + b)[:, None]
    h = torch.tanh(z @ w + b)
    return z, -torch.log((1 + u @ w * (1 - h**2)).abs())
