# breaks: the limit that you state is the limit of alpha_bar_t, to three digits | mistake: exp of minus the sum
import math


def never_forgets():
    total = math.fsum(1 / (t + 1) ** 2 for t in range(1, 100_000))
    return 1.0, 2.0, math.exp(-total)


def never_forgets_either():
    return 1.0, 2.5, 0.696155
