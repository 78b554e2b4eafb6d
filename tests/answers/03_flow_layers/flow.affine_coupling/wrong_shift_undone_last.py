# breaks: inverse carries every x to the z from which it comes | mistake: undone in the wrong order
import torch


def affine_inverse(x, keep, s, t):
    log_scale, shift = s(x * keep) * ~keep, t(x * keep) * ~keep
    return x * torch.exp(-log_scale) - shift, -log_scale.sum(1)
