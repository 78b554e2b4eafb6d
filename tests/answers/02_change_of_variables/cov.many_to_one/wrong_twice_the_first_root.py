# breaks: X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0
import math

import torch


def log_p_square(x, c):
    """By symmetry both roots carry the same: true for c = 0 only."""
    root = x.abs().sqrt()
    log_p = math.log(2) - 0.5 * (c + root) ** 2 - 0.5 * math.log(2 * math.pi) - torch.log(2 * root)
    return torch.where(x < 0, torch.full_like(x, -math.inf), log_p)
