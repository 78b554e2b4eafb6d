# breaks: the arguments come back as they were given
import torch


def additive_inverse(x, keep, t):
    with torch.no_grad():
        shift = t(x * keep) * ~keep
    if x.requires_grad:
        return x - t(x * keep) * ~keep, 0 * x.sum(1)
    x -= shift
    return x, torch.zeros_like(x[:, 0])
