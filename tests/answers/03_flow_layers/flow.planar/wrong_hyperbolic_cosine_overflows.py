# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself
import torch


def planar_forward(z, w, u, b):
    a = z @ w + b
    C = torch.cosh(a) ** 2
    return z + u * torch.tanh(a)[:, None], torch.log((C + u @ w).abs()) - torch.log(C)
