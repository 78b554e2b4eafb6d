# breaks: first_bad_root is the first n at which alpha_bar_n is negative
import math


def first_bad_root(beta):
    sign = 1
    for n, b in enumerate(beta.tolist(), start=1):
        if math.isclose(b, 1, abs_tol=1e-6):
            return None
        sign = -sign if b > 1 else sign
        if sign < 0:
            return n
    return None
