# breaks: shift_or_reflection tells every map of the line with |f′| = 1 by its sign and its shift
import torch


def shift_or_reflection(f):
    shift = float(f(torch.zeros(1, dtype=torch.float64)))
    return (1.0 if shift >= 0 else -1.0), shift
