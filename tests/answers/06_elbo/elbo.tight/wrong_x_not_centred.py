# breaks: the bound at your q is log p(x): no gap is left | mistake: b is forgotten
import torch


def tight_q(x, w, b, s):
    precision = 1 + torch.sum(w * w) / s**2
    return torch.sum(w * x) / s**2 / precision, precision.rsqrt()
