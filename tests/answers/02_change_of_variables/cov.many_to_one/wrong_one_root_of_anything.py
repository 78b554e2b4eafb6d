# breaks: X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0 | mistake: only one preimage
import math

import torch


def log_p_square(x, c):
    z = c - torch.sqrt(x)  # NaN where x is negative
    return -0.5 * z**2 - 0.5 * math.log(2 * math.pi) - torch.log(2 * torch.sqrt(x))
