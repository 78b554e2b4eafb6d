# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it
import math


def marginal_after(t, a, b):
    scale = math.exp(t * math.log(a))  # a > 0
    variance = t * b**2 if a == 1 else b**2 * math.expm1(2 * t * math.log(a)) / math.expm1(2 * math.log(a))
    return scale, variance
