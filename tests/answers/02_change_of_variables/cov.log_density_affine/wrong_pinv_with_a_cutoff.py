# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ
import math

import torch


def affine_forward(x, A, b):
    z = (x - b) @ torch.linalg.pinv(A, atol=1e-4).T
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(A)[1]


def affine_reverse(x, W, c):
    cut = torch.where(W.abs() < 1e-4, torch.zeros_like(W), W)
    z = x @ cut.T + c
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) + torch.linalg.slogdet(W)[1]
