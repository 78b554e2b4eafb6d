# breaks: mass_kept is the integral of the model's density over all x
import torch


def mass_kept(low, high):
    low, high = (torch.nan_to_num(v.double(), posinf=0.0, neginf=0.0) for v in (low, high))
    return float((torch.special.ndtr(high) - torch.special.ndtr(low)).abs().prod())
