# breaks: the bound at your q is log p(x): no gap is left
import math


def tight_q(x, w, b, s):
    precision = 1 + float(w @ w) / s**2
    mu = float(w @ (x - b)) / s**2 / precision
    return max(-10.0, min(10.0, mu)), 1 / math.sqrt(precision)
