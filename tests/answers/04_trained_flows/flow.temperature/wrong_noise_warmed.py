# breaks: the density of f(T z) is that of noise with the standard deviation T, with the same log-determinant | mistake: temperature upside down
import math


def tempered_log_p(x, inverse, T):
    z, ladj = inverse(x)
    return (-0.5 * (z * T) ** 2 - 0.5 * math.log(2 * math.pi) + math.log(T)).sum(1) + ladj


def apart_from_power(a, b, inverse, T):
    return (inverse(a)[1] - inverse(b)[1]) * (1 - 1 / T**2)
