import math

import torch


def normal_base(z):
    rows = [-0.5 * torch.dot(row, row) - len(row) / 2 * math.log(2 * math.pi) for row in z]
    return torch.stack(rows)


def flow_nll(x, inverse, base):
    total = 0
    for k in range(len(x)):
        z, ladj = inverse(x[k : k + 1])
        total = total - (base(z) + ladj)[0] / len(x)
    return total


def nll_per_dimension(x, inverse, base):
    return flow_nll(x, inverse, base).div(x[0].numel())
