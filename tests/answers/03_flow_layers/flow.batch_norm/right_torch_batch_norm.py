import torch


def batch_norm_forward(z, mean, var, eps):
    back = torch.rsqrt(var + eps)
    return z / back + mean, -torch.log(back).sum() + torch.zeros_like(z[:, 0])


def batch_norm_inverse(x, mean, var, eps):
    z = torch.nn.functional.batch_norm(x, mean, var, training=False, eps=eps)
    return z, torch.rsqrt(var + eps).log().sum().repeat(len(x))


def twin_batch(x):
    return x - 5
