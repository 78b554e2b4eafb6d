# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: eps forgotten
import torch


def batch_norm_forward(z, mean, var, eps):
    return mean + (var + eps).sqrt() * z, 0.5 * torch.log(var).sum().expand(len(z))


def batch_norm_inverse(x, mean, var, eps):
    return (x - mean) / (var + eps).sqrt(), -0.5 * torch.log(var).sum().expand(len(x))
