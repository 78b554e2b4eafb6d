def series_rest(L, D, n):
    total, k = 0.0, n + 1
    while True:
        new = total + L**k / k
        if new == total:
            return D * total
        total, k = new, k + 1


def terms_needed(L, D, tolerance):
    low, high = 0, 4096  # bisection: the rest falls with n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if series_rest(L, D, middle) <= tolerance else (middle, high)
    return high


def slow_slope(n):
    return float(-1 + 2.0**-40)
