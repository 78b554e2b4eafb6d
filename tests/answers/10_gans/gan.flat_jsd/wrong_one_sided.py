# breaks: W₁ is the distance, and its gradient always points the way | mistake: only to the right
import math

import torch


def jsd_of_shift(delta, width):
    return math.log(2) * torch.clamp(delta / width, 0, 1)


def w1_of_shift(delta, width):
    return 1.0 * delta
