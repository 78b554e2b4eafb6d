# breaks: alpha_bar_t stays above a positive limit | mistake: the betas add up to infinity
import torch


def never_forgets():
    t = torch.arange(1, 10_001, dtype=torch.float64)
    kept = torch.prod(1 - 0.01 / torch.sqrt(t + 1))
    return 0.01, 0.5, float(kept)


def never_forgets_either():
    return 1.0, 2.5, 0.696155
