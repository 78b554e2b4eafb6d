# breaks: inverse carries every x to the z from which it comes | mistake: live statistics
import torch


def batch_norm_inverse(x, mean, var, eps):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    return (x - mean) / torch.sqrt(var + eps), -0.5 * torch.log(var + eps).sum().repeat(len(x))
