# breaks: first_bad_root is the first n at which alpha_bar_n is negative | mistake: the last beta above 1
def first_bad_root(beta):
    bad = None
    for n, b in enumerate(beta, 1):
        if b > 1:
            bad = n
    return bad
