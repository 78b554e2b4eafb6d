import torch
import torch.nn.functional as F


def value_plain(d_real, d_fake):
    real = F.binary_cross_entropy(d_real, torch.ones_like(d_real))
    fake = F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))
    return -real - fake


def value_half(d_real, d_fake):
    return torch.tensor(0.5) * value_plain(d_real, d_fake)
