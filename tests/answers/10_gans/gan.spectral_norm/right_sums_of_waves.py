import math

import torch


def power_iteration(W, u, steps):
    u = u[:, None]
    for _ in range(steps):
        v = W.T @ u / torch.linalg.norm(W.T @ u)
        u = W @ v / torch.linalg.norm(W @ v)
    return u[:, 0], v[:, 0], (u.T @ W @ v).squeeze()


def convolution_norm(kernel, n):
    best = 0.0
    for f in range(n):
        angle = [2 * math.pi * f * j / n for j in range(len(kernel))]
        real = sum(k * math.cos(a) for k, a in zip(kernel.tolist(), angle))
        imaginary = sum(k * math.sin(a) for k, a in zip(kernel.tolist(), angle))
        best = max(best, math.hypot(real, imaginary))
    return best
