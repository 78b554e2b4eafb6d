# breaks: it is infinite where q has tails too light for f | mistake: finite for every proposal
import math


def weight_variance(s):
    return s**2 / math.sqrt(abs(2 * s**2 - 1) + 1e-300) - 1
