# breaks: forward carries every z to the x of the layer's equation
import torch


def affine_forward(z, keep, s, t):
    log_scale = torch.clamp(s(z * keep), -0.5, 0.5) * ~keep
    return z * torch.exp(log_scale) + t(z * keep) * ~keep, log_scale.sum(1)
