# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ | mistake: the shift at the wrong place
import math

import torch


def affine_forward(x, A, b):
    D = x.shape[1]
    z = torch.linalg.solve(A, x.T).T - b
    return -0.5 * (z**2).sum(1) - 0.5 * D * math.log(2 * math.pi) - torch.linalg.slogdet(A)[1]


def affine_reverse(x, W, c):
    D = x.shape[1]
    z = x @ W.T + c
    return -0.5 * (z**2).sum(1) - 0.5 * D * math.log(2 * math.pi) + torch.linalg.slogdet(W)[1]
