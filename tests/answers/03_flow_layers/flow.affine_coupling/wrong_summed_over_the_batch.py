# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: one log-determinant for the whole batch
import torch


def affine_forward(z, keep, s, t):
    log_scale = s(z * keep) * ~keep
    x = z * torch.exp(log_scale) + t(z * keep) * ~keep
    return x, log_scale.sum() * torch.ones_like(z[:, 0])
