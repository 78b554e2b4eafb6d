# breaks: the relative variance of the product is (1 + v)^d − 1
import math


def relative_variance(v, d):
    return math.expm1(d * v)


def draws_needed(v, d, error):
    return math.expm1(d * v) / error**2
