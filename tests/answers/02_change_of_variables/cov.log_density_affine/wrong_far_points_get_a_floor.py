# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ
import math

import torch


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    log_p = -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(A)[1]
    return log_p.clamp(min=-745.0)


def affine_reverse(x, W, c):
    z = x @ W.T + c
    log_p = -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) + torch.linalg.slogdet(W)[1]
    return log_p.clamp(min=-745.0)
