# breaks: the estimate leaves out the pairs of a point with itself, and no other pairs | mistake: a point paired with itself
import torch


def kernel(x, y, h):
    return torch.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / (2 * h**2))


def mmd_unbiased(x, y, h):
    return kernel(x, x, h).mean() + kernel(y, y, h).mean() - 2 * kernel(x, y, h).mean()
