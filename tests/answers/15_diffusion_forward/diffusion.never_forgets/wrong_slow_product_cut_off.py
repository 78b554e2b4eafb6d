# breaks: never_forgets_either does the same with a p that is no whole number
import torch


def never_forgets():
    return 1.0, 2.0, 0.5


def never_forgets_either():
    t = torch.arange(1, 10_001, dtype=torch.float64)  # the rest still takes two per cent
    return 1.0, 1.5, float(torch.prod(1 - (t + 1) ** -1.5))
