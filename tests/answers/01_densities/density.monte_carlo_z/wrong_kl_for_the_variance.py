# breaks: the relative variance of the weights is the integral of f²/q over Z², less 1
import math


def weight_variance(s):
    if 2 * s**2 <= 1:
        return math.inf
    return math.log(s) + 1 / (2 * s**2) - 0.5
