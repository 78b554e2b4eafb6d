# breaks: forward carries every z to the x of the layer's equation | mistake: s taken for the scale
import torch


def affine_forward(z, keep, s, t):
    scale = torch.where(keep, torch.ones_like(z), s(z * keep))
    return z * scale + t(z * keep) * ~keep, torch.log(torch.abs(scale)).sum(1)


def affine_inverse(x, keep, s, t):
    scale = torch.where(keep, torch.ones_like(x), s(x * keep))
    return (x - t(x * keep) * ~keep) / scale, -torch.log(torch.abs(scale)).sum(1)
