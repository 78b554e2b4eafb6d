# breaks: the kernel is exp(−‖x − y‖² / 2h²) | mistake: the 2 is missing
import torch


def kernel(x, y, h):
    return torch.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / h**2)


def mmd_unbiased(x, y, h):
    n, m = len(x), len(y)
    kx, ky, kxy = kernel(x, x, h), kernel(y, y, h), kernel(x, y, h)
    return (kx.sum() - kx.trace()) / (n * (n - 1)) + (ky.sum() - ky.trace()) / (m * (m - 1)) - 2 * kxy.mean()
