# breaks: tempered and powered densities differ in the log-determinant alone, by the factor 1 − 1/T² | mistake: no factor
import math


def tempered_log_p(x, inverse, T):
    z, ladj = inverse(x)
    return (-0.5 * (z / T) ** 2 - 0.5 * math.log(2 * math.pi) - math.log(T)).sum(1) + ladj


def apart_from_power(a, b, inverse, T):
    return (1 - 1 / T) * (inverse(a)[1] - inverse(b)[1])
