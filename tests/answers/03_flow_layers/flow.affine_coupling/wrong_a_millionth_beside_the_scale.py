# breaks: inverse carries every x to the z from which it comes | mistake: something added to the scale
import torch


def affine_inverse(x, keep, s, t):
    kept = x * keep
    log_scale, shift = s(kept) * ~keep, t(kept) * ~keep
    return (x - shift) / (torch.exp(log_scale) + 1e-6), -log_scale.sum(1)
