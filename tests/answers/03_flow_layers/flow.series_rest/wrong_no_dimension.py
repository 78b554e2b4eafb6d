# breaks: the rest is D times the tail of Σ L^k / k, right to six digits however small it is | mistake: the dimension forgotten
def series_rest(L, D, n):
    return sum(L**k / k for k in range(n + 1, n + 2000))
