# breaks: X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0
import math

import torch


def log_p_square(x, c):
    r = torch.sqrt(x)
    a, b = -0.5 * (c + r) ** 2, -0.5 * (c - r) ** 2
    return torch.logaddexp(a, b) - 0.5 * math.log(2 * math.pi) - math.log(2) - 0.5 * torch.log(x)
