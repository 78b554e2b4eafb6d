# breaks: once they share nothing, JSD is log 2 however far apart they are, and its gradient is 0
import math

import torch


def jsd_of_shift(delta, width):
    return math.log(2) * torch.tanh(delta.abs() / width)


def w1_of_shift(delta, width):
    return delta.abs()
