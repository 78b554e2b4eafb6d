# breaks: the limit that you state is the limit of alpha_bar_t, to three digits
import math


def never_forgets():
    c, p = 0.9, 1.001
    lost = c * 0.5 ** (p - 1) / (p - 1)  # the sum of the betas, as an integral
    return c, p, math.exp(-lost)  # e^(-900) is no float: 0.0


def never_forgets_either():
    return 1.0, 2.5, 0.696155
