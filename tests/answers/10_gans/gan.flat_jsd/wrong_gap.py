# breaks: W₁ is the distance, and its gradient always points the way | mistake: the gap between the two
import math

import torch


def jsd_of_shift(delta, width):
    return math.log(2) * torch.clamp(delta.abs() / width, max=1)


def w1_of_shift(delta, width):
    return torch.relu(delta.abs() - width)
