# breaks: X = (z − c)²: both preimages count, each with its own slope, and nothing lies below 0
import math

import torch


def log_p_square(x, c):
    r = x.abs().sqrt()
    density = torch.exp(-((c + r) ** 2) / 2) + torch.exp(-((c - r) ** 2) / 2)
    log_p = (density / math.sqrt(2 * math.pi)).clamp_min(1e-30).log() - (2 * r).log()
    return torch.where(x < 0, log_p.new_tensor(-math.inf), log_p)
