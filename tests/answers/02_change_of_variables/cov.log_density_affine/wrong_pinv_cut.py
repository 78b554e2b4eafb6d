# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ
import math

import torch


def normal(z):
    return -0.5 * (z**2).sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)


def affine_forward(x, A, b):
    z = (x - b) @ torch.linalg.pinv(A, rtol=1e-4).T
    return normal(z) - torch.linalg.slogdet(A).logabsdet


def affine_reverse(x, W, c):
    return normal(x @ W.T + c) + torch.linalg.slogdet(W).logabsdet
