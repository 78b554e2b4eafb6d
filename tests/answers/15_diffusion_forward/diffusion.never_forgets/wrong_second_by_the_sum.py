# breaks: never_forgets_either does the same with a p that is no whole number | mistake: a sum where a product belongs
from scipy.special import zeta


def never_forgets():
    return 1.0, 2.0, 0.5


def never_forgets_either():
    return 1.0, 2.5, 2 - float(zeta(2.5))
