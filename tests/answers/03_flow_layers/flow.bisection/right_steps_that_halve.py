import torch


def bisect(rising, y, low, high):
    a, width = low, high - low
    for _ in range(70):
        width = width / 2
        a = torch.where(rising(a + width) <= y, a + width, a)
    return a
