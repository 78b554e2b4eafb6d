import torch


def batch_norm_forward(z, mean, var, eps):
    A = torch.diag((var + eps).sqrt())
    return z @ A + mean, torch.linalg.slogdet(A).logabsdet.expand(len(z)).clone()


def batch_norm_inverse(x, mean, var, eps):
    A = torch.diag(1 / (var + eps).sqrt())
    return (x - mean) @ A, torch.linalg.slogdet(A).logabsdet.expand(len(x)).clone()


def twin_batch(x):
    return x.mean(0) + 4 + 2 * (x - x.mean(0))
