# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it
# isclose takes 1 - 1e-5 for 1, which a thousand steps do not
import numpy as np


def marginal_after(t, a, b):
    if np.isclose(abs(a), 1):
        return a**t, t * b**2
    return a**t, b**2 * (1 - a ** (2 * t)) / (1 - a**2)
