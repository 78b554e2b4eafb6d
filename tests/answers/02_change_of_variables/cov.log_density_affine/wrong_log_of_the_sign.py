# breaks: reverse: z = W x + c gives x the density of a normal with precision Wᵀ W | mistake: no absolute value of the determinant
import math

import torch


def log_det(M):
    sign, log_abs = torch.linalg.slogdet(M)
    return sign.log() + log_abs


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return -z.square().sum(1) / 2 - z.shape[1] / 2 * math.log(2 * math.pi) - log_det(A)


def affine_reverse(x, W, c):
    z = x @ W.T + c
    return -z.square().sum(1) / 2 - z.shape[1] / 2 * math.log(2 * math.pi) + log_det(W)
