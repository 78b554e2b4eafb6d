import math


def tempered_log_p(x, inverse, T):
    z, ladj = inverse(x)
    return (-0.5 * (z / T) ** 2 - 0.5 * math.log(2 * math.pi) - math.log(T)).sum(1) + ladj


def apart_from_power(a, b, inverse, T):
    def log_p(x):
        z, ladj = inverse(x)
        return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi)).sum(1) + ladj

    warm = (log_p(a) - log_p(b)) / T**2
    return tempered_log_p(a, inverse, T) - tempered_log_p(b, inverse, T) - warm
