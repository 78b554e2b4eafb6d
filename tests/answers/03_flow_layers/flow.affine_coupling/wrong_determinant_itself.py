# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the determinant, not its logarithm
import torch


def affine_forward(z, keep, s, t):
    a, b = s(z * keep), t(z * keep)
    return torch.where(keep, z, a.exp() * z + b), (a * ~keep).sum(1).exp()
