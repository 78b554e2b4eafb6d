# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the log-determinant left at 0
import torch


def affine_forward(z, keep, s, t):
    x = torch.where(keep, z, z * s(z * keep).exp() + t(z * keep))
    return x, torch.zeros(len(z), dtype=z.dtype, device=z.device)


def affine_inverse(x, keep, s, t):
    z = torch.where(keep, x, (x - t(x * keep)) * torch.exp(-s(x * keep)))
    return z, torch.zeros(len(x), dtype=x.dtype, device=x.device)
