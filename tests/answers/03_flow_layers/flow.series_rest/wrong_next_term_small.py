# breaks: the number of terms is the least that leaves no more than the tolerance | mistake: the tolerance on a single term
def terms_needed(L, D, tolerance):
    n = 1
    while D * L ** (n + 1) / (n + 1) > tolerance:
        n += 1
    return n
