# breaks: forward: X = A z + b has the density of a normal with mean b and covariance A Aᵀ | mistake: the normalising constant of one dimension
import math

import torch


def affine_forward(x, A, b):
    z = torch.linalg.inv(A) @ (x - b).T
    return -0.5 * torch.norm(z, dim=0) ** 2 - math.log(math.sqrt(2 * math.pi)) - torch.linalg.slogdet(A)[1]


def affine_reverse(x, W, c):
    z = W @ x.T + c[:, None]
    return -0.5 * torch.norm(z, dim=0) ** 2 - math.log(math.sqrt(2 * math.pi)) + torch.linalg.slogdet(W)[1]
