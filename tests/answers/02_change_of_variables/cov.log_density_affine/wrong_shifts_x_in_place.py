# breaks: the arguments come back as they were given
import math

import torch


def affine_forward(x, A, b):
    x -= b
    z = torch.linalg.solve(A, x.T).T
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(A)[1]


def affine_reverse(x, W, c):
    z = x @ W.T
    z += c
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) + torch.linalg.slogdet(W)[1]
