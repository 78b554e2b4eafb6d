# breaks: the limit that you state is the limit of alpha_bar_t, to three digits | mistake: steps counted from 0


def never_forgets():
    c, p = 0.5, 2.0
    kept = 1.0
    for t in range(100_000):
        kept *= 1 - c * (t + 1) ** (-p)
    return c, p, kept


def never_forgets_either():
    return 1.0, 2.5, 0.696155
