import math

from scipy.optimize import brentq


def planar_pair(w, u, b):
    w, u = w.double(), u.double()
    c = float(u @ w)
    a1 = -b + 0.05
    target = a1 + c * math.tanh(a1 + b)
    trough = -b + math.acosh(math.sqrt(-c))
    a2 = brentq(lambda a: a + c * math.tanh(a + b) - target, trough, trough + 4 * abs(c) + 10, xtol=1e-15, rtol=1e-15)
    base = w / (w @ w) * a1
    return base, base + u * (a2 - a1) / c
