# breaks: the log-determinant of inverse is that of ∂z/∂x, for every item by itself | mistake: the log-determinant with the wrong sign
import torch


def affine_inverse(x, keep, s, t):
    log_scale = torch.where(keep, 0.0, s(x * keep))
    z = torch.where(keep, x, (x - t(x * keep)) * torch.exp(-log_scale))
    return z, log_scale.sum(1)
