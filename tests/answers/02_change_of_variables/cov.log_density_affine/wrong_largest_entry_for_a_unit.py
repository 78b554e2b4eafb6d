# breaks: forward: it stays right where the determinant itself under- or overflows
import math

import torch


def log_abs_det(M):
    """The determinant in units of the largest entry, so that it does not leave the range of a double."""
    unit = M.abs().max()
    scaled = torch.linalg.det((M / unit).double()).abs().log()
    return (scaled + len(M) * unit.double().log()).to(M.dtype)


def log_normal(z):
    return -(z**2).sum(1) / 2 - z.shape[1] / 2 * math.log(2 * math.pi)


def affine_forward(x, A, b):
    return log_normal(torch.linalg.solve(A, (x - b).T).T) - log_abs_det(A)


def affine_reverse(x, W, c):
    return log_normal(x @ W.T + c) + log_abs_det(W)
