# breaks: never_forgets_either does the same with a p that is no whole number | mistake: a whole p again
import math


def never_forgets():
    return 1.0, 2.0, 0.5


def never_forgets_either():
    return 1, 3, math.cosh(math.sqrt(3) * math.pi / 2) / (3 * math.pi)
