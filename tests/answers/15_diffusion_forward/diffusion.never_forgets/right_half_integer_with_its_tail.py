# a slow product, and the rest of it as an integral
import numpy as np


def never_forgets():
    return 1.0, 2.0, 0.5


def never_forgets_either():
    c, p, steps = 0.5, 1.5, 1_000_000
    head = np.log1p(-c * np.arange(2.0, steps + 2) ** -p).sum()
    return c, p, float(np.exp(head - c * (steps + 1.5) ** (1 - p) / (p - 1)))
