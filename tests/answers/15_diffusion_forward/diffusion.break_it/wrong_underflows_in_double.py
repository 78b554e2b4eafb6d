# breaks: first_bad_root is the first n at which alpha_bar_n is negative | mistake: the product underflows
import torch


def first_bad_root(beta):
    product = torch.cumprod(1 - beta.double(), 0)
    bad = (product < 0).nonzero()
    return int(bad[0]) + 1 if len(bad) else None
