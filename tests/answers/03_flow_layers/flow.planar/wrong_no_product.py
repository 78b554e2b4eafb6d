# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: u·w forgotten in the log-determinant
import torch


def planar_forward(z, w, u, b):
    h = torch.tanh(z @ w + b)
    return z + h[:, None] * u, torch.log(1 + (1 - h**2))
