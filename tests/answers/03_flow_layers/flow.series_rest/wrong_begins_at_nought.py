# breaks: the number of terms is the least that leaves no more than the tolerance | mistake: one term too many or too few
def terms_needed(L, D, tolerance):
    n = 0
    while D * sum(L**k / k for k in range(n + 2, n + 2000)) > tolerance:
        n += 1
    return n
