# breaks: sigma is uᵀWv of the last u and v, on its way to the largest singular value | mistake: Frobenius norm
import torch


def power_iteration(W, u, steps):
    for _ in range(steps):
        v = torch.nn.functional.normalize(W.T @ u, dim=0)
        u = torch.nn.functional.normalize(W @ v, dim=0)
    return u, v, torch.linalg.norm(W)


def convolution_norm(kernel, n):
    return torch.fft.fft(kernel, n=n).abs().max()
