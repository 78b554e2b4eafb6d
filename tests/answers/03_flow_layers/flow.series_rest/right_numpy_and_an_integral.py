import numpy as np
from scipy.special import hyp2f1


def series_rest(L, D, n):
    # the tail is L^(n+1)/(n+1) · 2F1(1, n+1; n+2; L)
    return float(D * L ** (n + 1) / (n + 1) * hyp2f1(1, n + 1, n + 2, L))


def terms_needed(L, D, tolerance):
    n = 1
    while series_rest(L, D, n) > tolerance:
        n = n + 1
    return int(n)


def slow_slope(n):
    return np.nextafter(-1.0, 0.0)
