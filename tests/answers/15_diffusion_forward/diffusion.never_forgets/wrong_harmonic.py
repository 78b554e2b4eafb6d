# breaks: alpha_bar_t stays above a positive limit | mistake: the betas add up to infinity
def never_forgets():
    c, p = 0.5, 1.0
    kept = 1.0
    for t in range(1, 1001):
        kept *= 1 - c * (t + 1) ** (-p)
    return c, p, kept


def never_forgets_either():
    return 1.0, 2.5, 0.696155
