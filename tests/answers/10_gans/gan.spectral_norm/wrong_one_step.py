# breaks: each step carries u back through Wᵀ and forth through W, at length 1 | mistake: one step whatever is asked
import torch


def power_iteration(W, u, steps):
    v = torch.nn.functional.normalize(W.T @ u, dim=0)
    u = torch.nn.functional.normalize(W @ v, dim=0)
    return u, v, u @ W @ v


def convolution_norm(kernel, n):
    return torch.fft.fft(kernel, n=n).abs().max()
