# breaks: it is infinite where q has tails too light for f
import torch


def weight_variance(s):
    s = torch.tensor(s, dtype=torch.float64)
    return s**2 / (2 * s**2 - 1).sqrt() - 1
