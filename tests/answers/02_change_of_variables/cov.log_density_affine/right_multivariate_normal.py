# torch's own multivariate normal, in float64
import torch
from torch.distributions import MultivariateNormal


def affine_forward(x, A, b):
    A64 = A.double()
    normal = MultivariateNormal(b.double(), covariance_matrix=A64 @ A64.T)
    return normal.log_prob(x.double()).to(x.dtype)


def affine_reverse(x, W, c):
    W64, c64 = W.double(), c.double()
    mean = torch.linalg.solve(W64, -c64)
    normal = MultivariateNormal(mean, precision_matrix=W64.T @ W64)
    return normal.log_prob(x.double()).to(x.dtype)
