# breaks: the base's log density is that of N(0, I) with its constant, row by row | mistake: a base without its constant
import math

import torch


def normal_base(z):
    return -0.5 * (z**2).sum(1) - 0.5 * math.log(2 * math.pi)


def flow_nll(x, inverse, base):
    z, ladj = inverse(x)
    return -torch.mean(base(z) + ladj)


def nll_per_dimension(x, inverse, base):
    z, ladj = inverse(x)
    return -(base(z) + ladj).mean() / x.shape[1]
