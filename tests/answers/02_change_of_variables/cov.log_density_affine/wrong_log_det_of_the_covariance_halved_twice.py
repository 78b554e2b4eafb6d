# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ | mistake: the determinant counted half or twice
import math

import torch


def affine_forward(x, A, b):
    D = x.shape[1]
    z = torch.linalg.solve(A, (x - b).T).T
    log_det = torch.linalg.slogdet(A)[1]
    return -0.5 * (z.pow(2).sum(1) + D * math.log(2 * math.pi) + log_det)
