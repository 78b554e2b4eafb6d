# breaks: the estimate leaves out the pairs of a point with itself, and no other pairs | mistake: across without its diagonal
import torch


def kernel(x, y, h):
    return torch.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / (2 * h**2))


def mmd_unbiased(x, y, h):
    def off(k):
        n = min(k.shape)
        return (k.sum() - k.diagonal().sum()) / (k.numel() - n)

    return off(kernel(x, x, h)) + off(kernel(y, y, h)) - 2 * off(kernel(x, y, h))
