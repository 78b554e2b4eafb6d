# breaks: N is 1 or more, and the share of noises with N ≥ k is (1 − p)^(k − 1) | mistake: one term too many
import math

import torch


def draw_terms(u, p):
    return torch.ceil(torch.log(u) / math.log(1 - p)) + 1
