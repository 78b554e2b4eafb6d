# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: the determinant, not its logarithm
import torch


def additive_forward(z, keep, t):
    return torch.where(keep, z, z + t(z * keep)), torch.ones(len(z)).to(z)


def additive_inverse(x, keep, t):
    return torch.where(keep, x, x - t(x * keep)), torch.ones(len(x)).to(x)
