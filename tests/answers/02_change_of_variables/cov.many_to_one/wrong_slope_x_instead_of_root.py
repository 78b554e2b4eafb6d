# breaks: X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0 | mistake: a wrong slope of the square
import math

import torch


def log_p_square(x, c):
    r = x.abs().sqrt()
    log_p = torch.logaddexp(-0.5 * (c + r) ** 2, -0.5 * (c - r) ** 2) - 0.5 * math.log(2 * math.pi)
    log_p = log_p - torch.log(2 * x.abs())  # dx/dz taken at x, not at the root
    return torch.where(x < 0, torch.full_like(log_p, -math.inf), log_p)
