# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ
import math

import torch


def affine_forward(x, A, b):
    if torch.linalg.det(A).abs() < 1e-12:
        return torch.full((len(x),), -math.inf, dtype=x.dtype)
    z = torch.linalg.solve(A, (x - b).T).T
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(A)[1]


def affine_reverse(x, W, c):
    if torch.linalg.det(W).abs() < 1e-12:
        return torch.full((len(x),), -math.inf, dtype=x.dtype)
    z = x @ W.T + c
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) + torch.linalg.slogdet(W)[1]
