# breaks: the relative variance of the weights is the integral of f²/q over Z², less 1 | mistake: the border at 1
import math


def weight_variance(s):
    if s < 1:
        return math.inf
    return s**2 / math.sqrt(2 * s**2 - 1) - 1
