# breaks: the rest is D times the tail of Σ L^k / k, right to six digits however small it is | mistake: a geometric series
def series_rest(L, D, n):
    return D * L ** (n + 1) / ((n + 1) * (1 - L))
