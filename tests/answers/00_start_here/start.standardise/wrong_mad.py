# breaks: every column has unit variance | mistake: another measure of spread
import torch


def standardise(x):
    m = x.mean(0)
    s = (x - m).abs().mean(0)
    constant = (x == x[:1]).all(0)
    z = (x - m) / torch.where(constant, torch.ones_like(s), s)
    return torch.where(constant, torch.zeros_like(z), z)
