# breaks: reverse: it stays right where the determinant itself under- or overflows
import torch
from torch.distributions import Normal


def affine_forward(x, A, b):
    z = torch.linalg.solve(A, (x - b).T).T
    return (Normal(0.0, 1.0).log_prob(z) - torch.linalg.slogdet(A)[1]).sum(1)


def affine_reverse(x, W, c):
    z = x @ W.T + c
    return (Normal(0.0, 1.0).log_prob(z) + torch.linalg.slogdet(W)[1]).sum(1)
