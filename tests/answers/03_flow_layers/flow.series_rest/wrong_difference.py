# breaks: the rest is D times the tail of Σ L^k / k, right to six digits however small it is | mistake: two nearly equal numbers subtracted
import math


def series_rest(L, D, n):
    return D * (-math.log(1 - L) - sum(L**k / k for k in range(1, n + 1)))
