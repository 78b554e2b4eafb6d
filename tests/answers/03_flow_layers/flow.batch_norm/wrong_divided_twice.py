# breaks: inverse carries every x to the z from which it comes | mistake: variance for standard deviation
import torch


def batch_norm_inverse(x, mean, var, eps):
    return (x - mean) / (var + eps), -torch.log(var + eps).sum().repeat(len(x))
