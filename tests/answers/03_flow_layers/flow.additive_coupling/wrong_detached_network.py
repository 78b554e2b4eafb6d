# breaks: forward carries every z to the x of the layer's equation
import torch


def additive_forward(z, keep, t):
    with torch.no_grad():
        shift = t(z * keep) * ~keep
    return z + shift, torch.zeros_like(z[:, 0])
