# breaks: the bound at your q is log p(x): no gap is left
import math


def tight_q(x, w, b, s):
    variance = max(s, 0.005) ** 2
    precision = 1 + float(w @ w) / variance
    return float(w @ (x - b)) / variance / precision, 1 / math.sqrt(precision)
