# p so close to 1 that no product of a computer's length comes near: the logarithm's series instead
from mpmath import exp, mpf, zeta


def never_forgets():
    c, p = mpf("0.5"), mpf("1.1")
    log_limit = -sum(c**k / k * (zeta(k * p) - 1) for k in range(1, 60))
    return float(c), float(p), float(exp(log_limit))


def never_forgets_either():
    return 1.0, 2.5, 0.696155
