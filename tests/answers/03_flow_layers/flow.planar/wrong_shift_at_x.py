# breaks: inverse carries every x to the z from which it comes | mistake: the shift taken at x
import torch


def planar_inverse(x, w, u, b):
    h = torch.tanh(x @ w + b)
    return x - h[:, None] * u, -torch.log(1 + (u @ w) * (1 - h**2))
