# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the scales multiplied first
import torch


def affine_forward(z, keep, s, t):
    a, b = s(z * keep), t(z * keep)
    return torch.where(keep, z, a.exp() * z + b), torch.log(torch.where(keep, torch.ones_like(a), a.exp()).prod(1))
