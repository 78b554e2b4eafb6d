# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it
import math


def marginal_after(t, a, b):
    rate = 2 * math.log(abs(a))
    if abs(rate) < 2e-6:  # as good as 1
        return a**t, t * b**2
    return a**t, b**2 * math.expm1(t * rate) / math.expm1(rate)
