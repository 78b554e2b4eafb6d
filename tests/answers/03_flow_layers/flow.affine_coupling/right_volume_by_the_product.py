import torch


def _parts(v, keep, s, t):
    seen = v * keep
    return torch.where(keep, torch.ones_like(v), s(seen).exp()), torch.where(keep, torch.zeros_like(v), t(seen))


def affine_forward(z, keep, s, t):
    scale, shift = _parts(z, keep, s, t)
    return scale * z + shift, torch.log(scale.prod(dim=1))


def affine_inverse(x, keep, s, t):
    scale, shift = _parts(x, keep, s, t)
    return (x - shift) / scale, torch.log((1 / scale).prod(dim=1))
