# breaks: rising takes the result to y, at every entry by itself | mistake: too few steps
import torch


def bisect(rising, y, low, high):
    for _ in range(10):
        middle = (low + high) / 2
        small = rising(middle) < y
        low, high = torch.where(small, middle, low), torch.where(small, high, middle)
    return (low + high) / 2
