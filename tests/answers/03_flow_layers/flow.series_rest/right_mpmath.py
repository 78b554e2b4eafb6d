import mpmath


def series_rest(L, D, n):
    with mpmath.workdps(120):
        L = mpmath.mpf(L)
        return float(D * (-mpmath.log(1 - L) - sum(L**k / k for k in range(1, n + 1))))


def terms_needed(L, D, tolerance):
    return next(n for n in range(1, 10_000) if series_rest(L, D, n) <= tolerance)


def slow_slope(n):
    return -0.999999999999
