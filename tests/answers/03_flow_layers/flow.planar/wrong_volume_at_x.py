# breaks: the log-determinant of inverse is that of ∂z/∂x, for every item by itself | mistake: the log-determinant taken at x
import torch


def planar_inverse(x, w, u, b):
    y, c = x @ w, u @ w
    low, high = y - c.abs(), y + c.abs()
    for _ in range(80):
        a = (low + high) / 2
        small = a + c * torch.tanh(a + b) < y
        low, high = torch.where(small, a, low), torch.where(small, high, a)
    z = x - torch.tanh(a + b)[:, None] * u
    return z, -torch.log(1 + c * (1 - torch.tanh(x @ w + b) ** 2))
