# breaks: the result is as exact as the type of y allows | mistake: too few steps
import torch


def bisect(rising, y, low, high):
    for _ in range(30):
        m = (low + high) / 2
        r = rising(m) < y
        low, high = torch.where(r, m, low), torch.where(r, high, m)
    return (low + high) / 2
