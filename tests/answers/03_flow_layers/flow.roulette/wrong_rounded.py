# breaks: N is 1 or more, and the share of noises with N ≥ k is (1 − p)^(k − 1) | mistake: rounded to the nearest number
import math

import torch


def draw_terms(u, p):
    return 1 + torch.round(torch.log(u) / math.log(1 - p)).long()
