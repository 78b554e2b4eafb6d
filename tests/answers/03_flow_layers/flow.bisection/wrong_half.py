# breaks: rising takes the result to y, at every entry by itself | mistake: the wrong half kept
import torch


def bisect(rising, y, low, high):
    for _ in range(60):
        middle = (low + high) / 2
        small = rising(middle) < y
        high = torch.where(small, middle, high)
        low = torch.where(small, low, middle)
    return (low + high) / 2
