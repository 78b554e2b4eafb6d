# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the log-determinant left at 0
import torch


def planar_forward(z, w, u, b):
    return z + torch.tanh(z @ w + b)[:, None] * u, torch.zeros_like(z[:, 0])
