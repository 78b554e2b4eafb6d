# breaks: first_bad_root is the first n at which alpha_bar_n is negative | mistake: zero taken for negative
def first_bad_root(beta):
    kept = 1.0
    for n, b in enumerate(beta.tolist(), start=1):
        kept *= 1 - b
        if kept <= 0:
            return n
    return None
