# one LU factorisation for both the solution and the determinant; reverse in the type that came
import math

import torch


def log_normal(z):
    return -0.5 * (z.square() + math.log(2 * math.pi)).sum(-1)


def affine_forward(x, A, b):
    LU, pivots = torch.linalg.lu_factor(A)
    z = torch.linalg.lu_solve(LU, pivots, (x - b).T).T
    return log_normal(z) - torch.diagonal(LU).abs().log().sum()


def affine_reverse(x, W, c):
    LU, _ = torch.linalg.lu_factor(W)
    return log_normal(torch.addmm(c, x, W.mT)) + LU.diagonal().abs().log().sum()
