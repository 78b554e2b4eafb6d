# breaks: the witness holds two points, 0.1 or more apart, with one image | mistake: b with the wrong sign
import math

from scipy.optimize import brentq


def planar_pair(w, u, b):
    c = float(u @ w)
    d = brentq(lambda d: d + c * math.tanh(d), 1e-6, 2 * abs(c))
    base = b * w / (w @ w)
    return base + d * u / c, base - d * u / c
