import torch
import torch.nn.functional as F


def power_iteration(W, u, steps):
    for _ in range(steps):
        v = F.normalize(u @ W, dim=0)
        forth = torch.mv(W, v)
        u, sigma = F.normalize(forth, dim=0), forth.norm()
    return u, v, sigma


def convolution_norm(kernel, n):
    padded = F.pad(kernel, (0, n - len(kernel)))
    return torch.fft.rfft(padded).abs().max()
