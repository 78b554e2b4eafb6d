# breaks: the result is as exact as the type of y allows | mistake: too few steps
import torch


def bisect(rising, y, low, high):
    for _ in range(54):
        middle = (low + high) / 2
        below = rising(middle) < y
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (low + high) / 2
