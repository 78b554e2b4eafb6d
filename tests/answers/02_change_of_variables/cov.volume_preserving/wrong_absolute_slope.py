# breaks: shift_or_reflection tells every map of the line with |f′| = 1 by its sign and its shift
import torch


def shift_or_reflection(f):
    x = torch.ones((), dtype=torch.float64, requires_grad=True)
    f(x).backward()
    s = float(x.grad.abs())
    return s, float(f(x)) - s
