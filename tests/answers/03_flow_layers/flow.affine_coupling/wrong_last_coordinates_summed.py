# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the last coordinates summed
import torch


def affine_forward(z, keep, s, t):
    a, b = s(z * keep), t(z * keep)
    return torch.where(keep, z, a.exp() * z + b), a[:, int(keep.sum()) :].sum(1)


def affine_inverse(x, keep, s, t):
    a, b = s(x * keep), t(x * keep)
    return torch.where(keep, x, (x - b) * torch.exp(-a)), -a[:, int(keep.sum()) :].sum(1)
