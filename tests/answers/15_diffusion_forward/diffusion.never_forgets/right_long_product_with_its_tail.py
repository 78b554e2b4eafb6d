# a long product and an integral for the rest
import numpy as np


def never_forgets():
    c, p, steps = 0.9, 1.5, 1_000_000
    t = np.arange(1, steps + 1)
    head = np.exp(np.log1p(-c * (t + 1.0) ** -p).sum())
    tail = c * (steps + 1.5) ** (1 - p) / (p - 1)
    return np.float64(c), np.float64(p), head * np.exp(-tail)


def never_forgets_either():
    return 1.0, 2.5, 0.696155
