# breaks: the result is of the type that the docstring promises
import math

import torch


def affine_forward(x, A, b):
    z = torch.linalg.solve(A.double(), (x - b).double().T).T
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) - torch.linalg.slogdet(A.double())[1]


def affine_reverse(x, W, c):
    z = x.double() @ W.double().T + c.double()
    return -(z**2).sum(1) / 2 - x.shape[1] / 2 * math.log(2 * math.pi) + torch.linalg.slogdet(W.double())[1]
