# breaks: the result has one log density for each row of x
import math

import torch


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return (-(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(A)[1]).squeeze()


def affine_reverse(x, W, c):
    z = x @ W.T + c
    return (-(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) + torch.linalg.slogdet(W)[1]).squeeze()
