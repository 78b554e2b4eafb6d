# breaks: the log-determinant of inverse is that of ∂z/∂x, for every item by itself | mistake: the log-determinant with the wrong sign
import torch


def batch_norm_forward(z, mean, var, eps):
    return mean + (var + eps).sqrt() * z, -0.5 * torch.log(var + eps).sum().repeat(len(z))


def batch_norm_inverse(x, mean, var, eps):
    return (x - mean) / (var + eps).sqrt(), 0.5 * torch.log(var + eps).sum().repeat(len(x))
