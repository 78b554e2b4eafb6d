# breaks: the estimate leaves out the pairs of a point with itself, and no other pairs | mistake: one size for both
import torch


def kernel(x, y, h):
    return torch.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / (2 * h**2))


def mmd_unbiased(x, y, h):
    n = len(x)
    kx, ky, kxy = kernel(x, x, h), kernel(y, y, h), kernel(x, y, h)
    return (kx.sum() + ky.sum() - 2 * n) / (n * (n - 1)) - 2 * kxy.mean()
