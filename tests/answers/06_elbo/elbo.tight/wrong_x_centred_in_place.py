# breaks: the arguments come back as they were given
import math


def tight_q(x, w, b, s):
    x -= b
    precision = 1 + float(w @ w) / s**2
    return float(w @ x) / s**2 / precision, 1 / math.sqrt(precision)
