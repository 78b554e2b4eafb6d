import math

import torch


def log_normaliser(u, dx):
    shifted = u + torch.as_tensor(dx, dtype=u.dtype).log().to(u.device)
    m = shifted.max()
    return m + (shifted - m).exp().sum().log()


def log_density(u, dx):
    return torch.log_softmax(u, dim=0) - math.log(dx)
