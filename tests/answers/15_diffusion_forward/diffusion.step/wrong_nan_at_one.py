# breaks: at |a| = 1 nothing shrinks, and the variance is the limit of the formula | mistake: zero divided by zero
import numpy as np


def marginal_after(t, a, b):
    a, b = np.float64(a), np.float64(b)
    return a**t, b**2 * (1 - a ** (2 * t)) / (1 - a**2)
