# breaks: the relative variance of the weights is the integral of f²/q over Z², less 1 | mistake: a variance that is not relative
import math


def weight_variance(s):
    if 2 * s * s <= 1:
        return math.inf
    c = 1 - 1 / (2 * s * s)
    return s * math.sqrt(2 * math.pi) * math.sqrt(math.pi / c) - 2 * math.pi
