import torch


def affine_forward(z, keep, s, t):
    seen, rest = torch.where(keep, z, 0.0), ~keep
    scale, shift = s(seen)[:, rest], t(seen)[:, rest]
    x = z.clone()
    x[:, rest] = z[:, rest] * scale.exp() + shift
    return x, scale.sum(dim=-1)


def affine_inverse(x, keep, s, t):
    seen, rest = torch.where(keep, x, 0.0), ~keep
    scale, shift = s(seen)[:, rest], t(seen)[:, rest]
    z = x.clone()
    z[:, rest] = (x[:, rest] - shift) / scale.exp()
    return z, -scale.sum(dim=-1)
