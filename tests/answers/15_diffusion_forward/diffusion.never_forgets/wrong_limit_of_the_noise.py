# breaks: the limit that you state is the limit of alpha_bar_t, to three digits | mistake: the limit of beta, not of alpha_bar
def never_forgets():
    c, p = 2.0, 3.0
    beta = c
    for t in range(1, 5000):
        beta = c * (t + 1) ** -p
    return c, p, beta


def never_forgets_either():
    return 1.0, 2.5, 0.696155
