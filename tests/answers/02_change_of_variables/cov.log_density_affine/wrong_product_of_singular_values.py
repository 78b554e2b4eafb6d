# breaks: forward: it stays right where the determinant itself under- or overflows | mistake: the determinant before its logarithm
import math

import torch


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, (x - b).unsqueeze(-1)).squeeze(-1)
    volume = torch.linalg.svdvals(A).prod()
    return -(z * z).sum(-1) / 2 - z.shape[-1] * math.log(2 * math.pi) / 2 - volume.log()


def affine_reverse(x, W, c):
    z = x @ W.T + c
    volume = torch.linalg.svdvals(W).prod()
    return -(z * z).sum(-1) / 2 - z.shape[-1] * math.log(2 * math.pi) / 2 + volume.log()
