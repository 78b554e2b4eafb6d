# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: one log-determinant for the whole batch
import torch


def batch_norm_forward(z, mean, var, eps):
    return mean + torch.sqrt(var + eps) * z, len(z) * 0.5 * torch.log(var + eps).sum().repeat(len(z))
