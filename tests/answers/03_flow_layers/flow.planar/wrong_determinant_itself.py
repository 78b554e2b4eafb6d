# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the determinant, not its logarithm
import torch


def planar_forward(z, w, u, b):
    h = torch.tanh(z @ w + b)
    return z + h[:, None] * u, 1 + (u @ w) * (1 - h**2)
