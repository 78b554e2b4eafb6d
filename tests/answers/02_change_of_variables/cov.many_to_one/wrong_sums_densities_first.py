# breaks: X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0 | mistake: the sum underflows before its logarithm
import math

import torch


def phi(z):
    return torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


def log_p_square(x, c):
    root = x.clamp_min(0).sqrt()
    density = (phi(c + root) + phi(c - root)) / (2 * root)
    return torch.where(x < 0, torch.zeros_like(x), density).log()
