import numpy as np
from scipy.integrate import quad


def series_rest(L, D, n):
    # the tail is the integral of t^n / (1 − t) from 0 to L
    return D * quad(lambda t: t**n / (1 - t), 0, L, epsabs=0, epsrel=1e-10)[0]


def terms_needed(L, D, tolerance):
    n = 1
    while series_rest(L, D, n) > tolerance:
        n = n + 1
    return int(n)


def slow_slope(n):
    return np.nextafter(-1.0, 0.0)
