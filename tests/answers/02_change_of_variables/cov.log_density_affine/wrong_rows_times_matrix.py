# breaks: reverse: z = W x + c gives x the density of a normal with precision Wᵀ W | mistake: the matrix transposed
import torch
from torch.distributions import Normal


def affine_reverse(x, W, c):
    z = torch.matmul(x, W) + c
    return Normal(0.0, 1.0).log_prob(z).sum(dim=1) + torch.linalg.slogdet(W)[1]
