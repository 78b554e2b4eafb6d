# breaks: inverse carries every x to the z from which it comes | mistake: the mask swapped
import torch


def affine_inverse(x, keep, s, t):
    rest = ~keep
    log_scale, shift = s(x * rest) * keep, t(x * rest) * keep
    return (x - shift) * torch.exp(-log_scale), -log_scale.sum(1)
