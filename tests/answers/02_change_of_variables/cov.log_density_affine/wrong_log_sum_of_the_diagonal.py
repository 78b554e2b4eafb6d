# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ | mistake: only the diagonal
import math

import torch


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(1) - A.diagonal().abs().log().sum()


def affine_reverse(x, W, c):
    return -0.5 * ((x @ W.T + c) ** 2 + math.log(2 * math.pi)).sum(1) + W.diagonal().abs().log().sum()
