# breaks: where the estimate is negative it is given as it is | mistake: cut off at nought
import torch


def kernel(x, y, h):
    return torch.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / (2 * h**2))


def mmd_unbiased(x, y, h):
    n, m = len(x), len(y)
    kx, ky, kxy = kernel(x, x, h), kernel(y, y, h), kernel(x, y, h)
    return torch.relu(
        (kx.sum() - kx.trace()) / (n * (n - 1)) + (ky.sum() - ky.trace()) / (m * (m - 1)) - 2 * kxy.mean()
    )
