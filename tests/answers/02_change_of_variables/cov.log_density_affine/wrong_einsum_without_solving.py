# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ | mistake: the matrix not inverted
import math

import torch


def affine_forward(x, A, b):
    z = torch.einsum("ij,bj->bi", A, x - b)
    _, log_det = torch.linalg.slogdet(A)
    return -0.5 * (z**2).sum(1) - 0.5 * z.size(1) * math.log(2 * math.pi) - log_det
