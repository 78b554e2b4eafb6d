# breaks: forward carries every z to the x of the layer's equation | mistake: eps outside of the root
import torch


def batch_norm_forward(z, mean, var, eps):
    std = torch.sqrt(var) + eps
    return mean + std * z, std.log().sum().repeat(len(z))


def batch_norm_inverse(x, mean, var, eps):
    std = torch.sqrt(var) + eps
    return (x - mean) / std, -std.log().sum().repeat(len(x))
