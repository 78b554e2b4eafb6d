# breaks: reverse: z = W x + c gives x the density of a normal with precision Wᵀ W | mistake: the matrix not inverted
import math

import torch


def affine_reverse(x, W, c):
    z = torch.stack([torch.linalg.inv(W) @ (row - c) for row in x])
    quadratic = z.pow(2).sum(-1) + W.shape[0] * math.log(2 * math.pi)
    return torch.linalg.slogdet(W).logabsdet - quadratic / 2
