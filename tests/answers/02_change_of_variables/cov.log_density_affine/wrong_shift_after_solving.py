# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ | mistake: the shift at the wrong place
import math

import torch


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, x.T).T - b
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(1) - torch.linalg.slogdet(A)[1]


def affine_reverse(x, W, c):
    z = (x + c) @ W.T
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(1) + torch.linalg.slogdet(W)[1]
