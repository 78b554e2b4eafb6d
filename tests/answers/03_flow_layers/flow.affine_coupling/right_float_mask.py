import torch


def affine_forward(z, keep, s, t):
    m = keep.to(z)
    log_scale, shift = s(m * z), t(m * z)
    x = m * z + (1 - m) * (z * torch.exp(log_scale) + shift)
    return x, ((1 - m) * log_scale).sum(-1)


def affine_inverse(x, keep, s, t):
    m = keep.to(x)
    log_scale, shift = s(m * x), t(m * x)
    z = m * x + (1 - m) * (x - shift) * torch.exp(-log_scale)
    return z, -torch.einsum("bd,d->b", log_scale, 1 - m)
