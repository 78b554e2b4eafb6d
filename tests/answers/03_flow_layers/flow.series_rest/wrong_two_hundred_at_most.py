# breaks: the number of terms is the least that leaves no more than the tolerance | mistake: a search that gives up
def series_rest(L, D, n):
    total, k = 0.0, n + 1
    while True:
        term = L**k / k
        total += term
        if term < total * 1e-17:
            return D * total
        k += 1


def terms_needed(L, D, tolerance):
    for n in range(1, 201):
        if series_rest(L, D, n) <= tolerance:
            return n
    return 200
