import math

import torch


def jsd_of_shift(delta, width):
    far = delta.abs() >= width
    return torch.where(far, torch.full_like(delta, math.log(2)), delta.abs() * (math.log(2) / width))


def w1_of_shift(delta, width):
    return delta * torch.sign(delta)
