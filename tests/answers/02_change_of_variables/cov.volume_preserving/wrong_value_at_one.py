# breaks: shift_or_reflection tells every map of the line with |f′| = 1 by its sign and its shift | mistake: the shift read off at 1
import torch


def shift_or_reflection(f):
    x = torch.ones(1, dtype=torch.float64)
    value, slope = torch.func.jvp(f, (x,), (x,))
    return slope.item(), value.item()
