import torch


def batch_norm_forward(z, mean, var, eps):
    x = torch.stack([mean[d] + z[:, d] * (var[d] + eps) ** 0.5 for d in range(z.shape[1])], dim=1)
    return x, torch.stack([0.5 * torch.log(var + eps).sum()] * len(z))


def batch_norm_inverse(x, mean, var, eps):
    z = torch.stack([(x[:, d] - mean[d]) / (var[d] + eps) ** 0.5 for d in range(x.shape[1])], dim=1)
    return z, torch.stack([-0.5 * torch.log(var + eps).sum()] * len(x))


def twin_batch(x):
    return torch.stack([x[:, d] + 1 + d for d in range(x.shape[1])], dim=1)
