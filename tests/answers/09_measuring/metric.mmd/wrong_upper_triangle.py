# breaks: the estimate leaves out the pairs of a point with itself, and no other pairs | mistake: each pair once, counted twice
import torch


def kernel(x, y, h):
    return torch.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / (2 * h**2))


def mmd_unbiased(x, y, h):
    n, m = len(x), len(y)
    within = kernel(x, x, h).triu(1).sum() / (n * (n - 1)) + kernel(y, y, h).triu(1).sum() / (m * (m - 1))
    return within - 2 * kernel(x, y, h).mean()
