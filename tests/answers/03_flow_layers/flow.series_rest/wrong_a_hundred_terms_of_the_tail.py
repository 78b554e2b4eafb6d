# breaks: the rest is D times the tail of Σ L^k / k, right to six digits however small it is | mistake: a tail cut short
def series_rest(L, D, n):
    return D * sum(L**k / k for k in range(n + 1, n + 101))
