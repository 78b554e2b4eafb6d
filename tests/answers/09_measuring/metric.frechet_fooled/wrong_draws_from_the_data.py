# breaks: every row is the same affine map of its row of noise | mistake: copies of the data
import torch


def fooling_gaussian(x, z):
    return x[torch.arange(len(z)) % len(x)].clone()
