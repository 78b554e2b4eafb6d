# breaks: the rest is D times the tail of Σ L^k / k, right to six digits however small it is | mistake: the last term counted as left out
def series_rest(L, D, n):
    return D * sum(L**k / k for k in range(n, n + 2000))
