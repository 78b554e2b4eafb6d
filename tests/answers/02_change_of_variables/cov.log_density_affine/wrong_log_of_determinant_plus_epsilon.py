# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ
import math

import torch


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    log_det = torch.log(torch.linalg.det(A).abs() + 1e-10)
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) - log_det


def affine_reverse(x, W, c):
    z = x @ W.T + c
    log_det = torch.log(torch.linalg.det(W).abs() + 1e-10)
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) + log_det
