# breaks: N is 1 or more, and the share of noises with N ≥ k is (1 − p)^(k − 1) | mistake: counted from 0
import math

import torch


def draw_terms(u, p):
    return torch.floor(torch.log(u) / math.log(1 - p)).clamp(min=1)
