# breaks: a constant column becomes zero and leaves the others as they should be | mistake: a rounding divided by zero
import torch


def standardise(x):
    z = (x - x.mean(0)) / x.std(0)
    return torch.nan_to_num(z)
