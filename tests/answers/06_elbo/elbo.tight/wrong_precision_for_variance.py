# breaks: the bound at your q is log p(x): no gap is left
import torch


def tight_q(x, w, b, s):
    precision = 1 + w @ w / s**2
    return (w @ (x - b) / s**2 / precision).item(), torch.sqrt(precision).item()
