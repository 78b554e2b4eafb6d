# breaks: X = |W z|: all 2^D preimages count, and nothing lies where an entry is negative | mistake: the sum underflows before its logarithm
import itertools
import math

import torch


def log_p_folded(x, W):
    D, total = x.shape[1], 0
    for signs in itertools.product((-1.0, 1.0), repeat=D):
        z = (x * x.new_tensor(signs)) @ torch.linalg.inv(W).T
        total = total + torch.exp(-0.5 * (z * z).sum(-1))
    total = total / (2 * math.pi) ** (D / 2) / torch.linalg.det(W).abs()
    return torch.log(torch.where((x < 0).any(-1), torch.zeros_like(total), total))
