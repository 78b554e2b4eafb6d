# breaks: rising takes the result to y, at every entry by itself
import torch


def bisect(rising, y, low, high):
    while (high - low).max() > 1e-2:
        middle = (low + high) / 2
        small = rising(middle) < y
        low, high = torch.where(small, middle, low), torch.where(small, high, middle)
    return low
