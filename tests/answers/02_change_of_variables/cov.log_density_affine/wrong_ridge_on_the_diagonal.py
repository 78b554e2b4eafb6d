# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ
import math

import torch


def affine_forward(x, A, b):
    A = A + 1e-6 * torch.eye(len(A), dtype=A.dtype, device=A.device)
    z = torch.linalg.solve(A, (x - b).T).T
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(A)[1]


def affine_reverse(x, W, c):
    W = W + 1e-6 * torch.eye(len(W), dtype=W.dtype, device=W.device)
    z = x @ W.T + c
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) + torch.linalg.slogdet(W)[1]
