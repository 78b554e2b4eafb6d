# breaks: shift_or_reflection tells every map of the line with |f′| = 1 by its sign and its shift | mistake: the inverse map
import torch
from scipy.optimize import brentq


def shift_or_reflection(f):
    """s from two values; b is where f vanishes."""
    value = lambda x: float(f(torch.tensor(x, dtype=torch.float64)))  # noqa: E731
    s = value(1.0) - value(0.0)
    return s, brentq(value, -1e6, 1e6, xtol=1e-12)
