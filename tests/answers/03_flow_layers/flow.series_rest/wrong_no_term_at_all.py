# breaks: the number of terms is the least that leaves no more than the tolerance | mistake: no term at all
def series_rest(L, D, n):
    total, k = 0.0, n + 1
    while True:
        term = L**k / k
        total += term
        if term < total * 1e-17:
            return D * total
        k += 1


def terms_needed(L, D, tolerance):
    n = 0
    while series_rest(L, D, n) > tolerance:
        n += 1
    return n
