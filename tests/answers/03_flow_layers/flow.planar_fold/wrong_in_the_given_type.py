# breaks: the witness holds two points, 0.1 or more apart, with one image | mistake: points in single precision
import math

from scipy.optimize import brentq


def planar_pair(w, u, b):
    c = float(u @ w)
    d = brentq(lambda d: d + c * math.tanh(d), 0.1, abs(c) + 1, xtol=1e-15)
    base = -b * w / (w @ w)
    return base - d * u / c, base + d * u / c
