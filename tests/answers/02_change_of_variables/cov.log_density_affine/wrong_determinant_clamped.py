# breaks: forward: it stays right where the determinant itself under- or overflows
import math

import torch


def log_normal(z):
    return -(z.square() + math.log(2 * math.pi)).sum(1) / 2


def affine_forward(x, A, b):
    log_det = torch.linalg.det(A).abs().clamp(1e-30, 1e30).log()
    return log_normal(torch.linalg.solve(A, (x - b).T).T) - log_det


def affine_reverse(x, W, c):
    log_det = torch.linalg.det(W).abs().clamp(1e-30, 1e30).log()
    return log_normal(x @ W.T + c) + log_det
