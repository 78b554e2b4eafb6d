# breaks: the loss can be learnt from: its gradient is the true one
import math

import torch


def normal_base(z):
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi)).sum(dim=1)


def flow_nll(x, inverse, base):
    z, ladj = inverse(x)
    return torch.tensor(-(base(z) + ladj).mean().item(), dtype=x.dtype, device=x.device)


def nll_per_dimension(x, inverse, base):
    z, ladj = inverse(x)
    return -(base(z) + ladj).mean() / x.shape[1]
