import math

import torch


def jsd_of_shift(delta, width):
    share = torch.minimum(delta.abs() / width, torch.ones_like(delta))
    return 0.5 * share * math.log(2) + 0.5 * share * math.log(2)


def w1_of_shift(delta, width):
    u = torch.linspace(0, width, 11, dtype=delta.dtype, device=delta.device)
    return (u + delta[:, None] - u).abs().mean(dim=1)
