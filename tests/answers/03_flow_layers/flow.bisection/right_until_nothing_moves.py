import torch


def bisect(rising, y, low, high):
    low, high = low.clone(), high.clone()
    for _ in range(2000):
        middle = low + (high - low) / 2
        small = rising(middle) < y
        new_low, new_high = torch.where(small, middle, low), torch.where(small, high, middle)
        if torch.equal(new_low, low) and torch.equal(new_high, high):
            break
        low, high = new_low, new_high
    return middle
