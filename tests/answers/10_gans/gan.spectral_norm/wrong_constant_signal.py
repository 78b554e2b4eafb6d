# breaks: the norm of a convolution is that of the operator, the largest stretch of any signal | mistake: the sum of the weights
import torch


def power_iteration(W, u, steps):
    for _ in range(steps):
        v = torch.nn.functional.normalize(W.T @ u, dim=0)
        u = torch.nn.functional.normalize(W @ v, dim=0)
    return u, v, u @ W @ v


def convolution_norm(kernel, n):
    return kernel.sum().abs()
