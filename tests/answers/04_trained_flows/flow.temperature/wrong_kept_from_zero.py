# breaks: tempered and powered densities differ in the log-determinant alone, by the factor 1 − 1/T²
import math


def tempered_log_p(x, inverse, T):
    z, ladj = inverse(x)
    D = z.shape[1]
    return -0.5 * (z**2).sum(1) / T**2 - D * math.log(T) - 0.5 * D * math.log(2 * math.pi) + ladj


def apart_from_power(a, b, inverse, T):
    return (1 - 1 / (T**2 + 1e-4)) * (inverse(a)[1] - inverse(b)[1])
