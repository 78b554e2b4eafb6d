# breaks: log p(x) is the log density of the noise at z = f⁻¹(x) plus the log-determinant of the way back | mistake: the density, not its logarithm
import math

import torch


def flow_log_p(x, layers):
    z, l = x, 0
    for _, g in reversed(layers):
        z, d = g(z)
        l = l + d
    return torch.exp(-0.5 * (z**2).sum(1) - x.shape[1] / 2 * math.log(2 * math.pi) + l)
