# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself
import torch


def affine_forward(z, keep, s, t):
    log_scale = s(z * keep) * ~keep
    return z * torch.exp(log_scale) + t(z * keep) * ~keep, log_scale.sum(1).detach()
