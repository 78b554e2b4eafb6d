# breaks: for small v the relative variance keeps its digits
import math


def largest_dimension(per_axis, budget):
    d = 0
    while per_axis ** (d + 1) <= budget:
        d += 1
    return d


def relative_variance(v, d):
    return d * v if v < 1e-6 else (1 + v) ** d - 1


def draws_needed(v, d, error):
    return math.expm1(d * math.log1p(v)) / error**2
