# breaks: each step carries u back through Wᵀ and forth through W, at length 1 | mistake: the finished singular vectors
import torch


def power_iteration(W, u, steps):
    left, s, right = torch.linalg.svd(W, full_matrices=False)
    if left[:, 0].dot(u) < 0:
        left, right = -left, -right
    return left[:, 0], right[0], s[0]


def convolution_norm(kernel, n):
    return torch.fft.fft(kernel, n=n).abs().max()
