# breaks: N is 1 or more, and the share of noises with N ≥ k is (1 − p)^(k − 1) | mistake: stops as often as it should go on
import math

import torch


def draw_terms(u, p):
    return 1 + torch.floor(torch.log(u) / math.log(p)).long()
