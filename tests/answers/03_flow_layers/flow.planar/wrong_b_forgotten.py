# breaks: forward carries every z to the x of the layer's equation | mistake: b left out
import torch


def planar_forward(z, w, u, b):
    h = torch.tanh(z @ w)
    return z + h[:, None] * u, torch.log1p((u @ w) * (1 - h**2))
