# breaks: forward carries every z to the x of the layer's equation | mistake: directions swapped
import torch


def batch_norm_forward(z, mean, var, eps):
    return (z - mean) / torch.sqrt(var + eps), -0.5 * torch.log(var + eps).sum().repeat(len(z))


def batch_norm_inverse(x, mean, var, eps):
    return mean + torch.sqrt(var + eps) * x, 0.5 * torch.log(var + eps).sum().repeat(len(x))
