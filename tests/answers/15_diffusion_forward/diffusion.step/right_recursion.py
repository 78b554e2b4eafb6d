# the variance step by step, the noise added with alpha=
import torch


def noising_step(x_prev, eps, a, b):
    return torch.add(a * x_prev, eps, alpha=b)


def marginal_after(t, a, b):
    scale, variance = 1.0, 0.0
    for _ in range(t):
        scale, variance = a * scale, a**2 * variance + b**2
    return scale, variance
