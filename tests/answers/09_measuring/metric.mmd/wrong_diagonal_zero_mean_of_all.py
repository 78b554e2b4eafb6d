# breaks: the estimate leaves out the pairs of a point with itself, and no other pairs | mistake: the diagonal left out, but counted
import torch


def kernel(x, y, h):
    return torch.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / (2 * h**2))


def mmd_unbiased(x, y, h):
    kx = kernel(x, x, h).fill_diagonal_(0)
    ky = kernel(y, y, h).fill_diagonal_(0)
    return kx.mean() + ky.mean() - 2 * kernel(x, y, h).mean()
