# breaks: the log-determinant of forward is that of ∂x/∂z, for every item by itself | mistake: half of the logarithm forgotten
import torch


def batch_norm_forward(z, mean, var, eps):
    return mean + torch.sqrt(var + eps) * z, torch.log(var + eps).sum().repeat(len(z))
