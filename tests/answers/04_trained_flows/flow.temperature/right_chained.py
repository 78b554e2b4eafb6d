import math


def tempered_log_p(x, inverse, T):
    z, ladj = inverse(x)
    u, more = z / T, -x.shape[1] * math.log(T)
    return -0.5 * (u * u).sum(1) - 0.5 * x.shape[1] * math.log(2 * math.pi) + more + ladj


def apart_from_power(a, b, inverse, T):
    gap = inverse(a)[1] - inverse(b)[1]
    return gap * (T * T - 1) / (T * T)
