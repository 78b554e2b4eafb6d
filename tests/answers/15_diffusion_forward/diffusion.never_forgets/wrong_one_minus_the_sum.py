# breaks: the limit that you state is the limit of alpha_bar_t, to three digits | mistake: a sum where a product belongs
from scipy.special import zeta


def never_forgets():
    c, p = 0.8, 2.0
    return c, p, float(1 - c * (zeta(p) - 1))


def never_forgets_either():
    return 1.0, 2.5, 0.696155
