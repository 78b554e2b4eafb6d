import torch
from scipy.optimize import brentq


def bisect(rising, y, low, high):
    found = torch.zeros_like(y)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):

            def off(a):
                at = torch.zeros_like(y)
                at[i, j] = a
                return float(rising(at)[i, j] - y[i, j])

            a, b = float(low[i, j]), float(high[i, j])
            if off(a) >= 0 or off(b) <= 0:  # an end is the solution, up to rounding
                found[i, j] = a if off(a) >= 0 else b
            else:
                found[i, j] = brentq(off, a, b, xtol=1e-14, maxiter=500)
    return found
