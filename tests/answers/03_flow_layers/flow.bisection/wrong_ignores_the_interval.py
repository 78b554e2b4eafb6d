# breaks: rising takes the result to y, at every entry by itself
import torch


def bisect(rising, y, low, high):
    low, high = torch.full_like(y, -1.0), torch.full_like(y, 1.0)
    for _ in range(60):
        middle = (low + high) / 2
        small = rising(middle) < y
        low, high = torch.where(small, middle, low), torch.where(small, high, middle)
    return (low + high) / 2
