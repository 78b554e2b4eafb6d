# breaks: the estimate leaves out the pairs of a point with itself, and no other pairs
import torch


def kernel(x, y, h):
    return torch.exp((x[:, None] - y[None]).square().sum(-1) / (-2 * h**2))


def mmd_unbiased(x, y, h):
    n, m = len(x), len(y)
    a, b = kernel(x, x, h), kernel(y, y, h)
    own = a[a != 1].sum() / (n * (n - 1)) + b[b != 1].sum() / (m * (m - 1))
    return own - 2 * kernel(x, y, h).mean()
