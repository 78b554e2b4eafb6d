# breaks: forward carries every z to the x of the layer's equation
import torch


def ladj(a, w, u, b):
    return (1 + (u @ w) * (1 - torch.tanh(a + b) ** 2)).log()


def planar_forward(z, w, u, b):
    w, u = w.detach(), u.detach()
    a = z @ w
    return z + u * torch.tanh(a + b)[:, None], ladj(a, w, u, b)


def planar_inverse(x, w, u, b):
    y, c = x @ w, u @ w
    low, high = y - c.abs(), y + c.abs()
    for _ in range(200):
        middle = (low + high) / 2
        below = middle + c * torch.tanh(middle + b) < y
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    a = (low + high) / 2
    return x - u * torch.tanh(a + b)[:, None], -ladj(a, w, u, b)
