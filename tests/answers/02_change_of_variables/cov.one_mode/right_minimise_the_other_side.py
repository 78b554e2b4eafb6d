# numpy and scipy: bounded minimisation, polished by a root of the slope; a falling map that waves fast
import numpy as np
import torch
from scipy.optimize import brentq


def mode(f, D):
    return np.asarray(f(torch.zeros(1, D, dtype=torch.float64))[0])


def two_modes():
    a, b = -0.8, 0.5
    x = np.linspace(0.05, 4, 2000)

    def log_p(x):
        return -((a * x + b * np.sin(x)) ** 2) / 2 + np.log(np.abs(a + b * np.cos(x)))

    k = log_p(x).argmax()

    def slope(x):
        g, d = a * x + b * np.sin(x), a + b * np.cos(x)
        return -g * d - b * np.sin(x) / d

    top = brentq(slope, x[k - 1], x[k + 1])
    return "wave", {"a": a, "b": b}, [top, -top]
