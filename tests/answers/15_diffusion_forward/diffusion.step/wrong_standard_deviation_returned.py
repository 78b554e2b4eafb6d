# breaks: t steps scale x0 and add up the noise of every step, shrunk by the steps after it | mistake: the standard deviation
import math


def marginal_after(t, a, b):
    variance = sum(b**2 * a ** (2 * k) for k in range(t))
    return a**t, math.sqrt(variance)
