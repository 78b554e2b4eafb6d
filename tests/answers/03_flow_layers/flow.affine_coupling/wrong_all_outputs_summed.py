# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: every output of s summed
import torch


def affine_forward(z, keep, s, t):
    log_scale = s(z * keep)
    return torch.where(keep, z, z * torch.exp(log_scale) + t(z * keep)), log_scale.sum(1)
