# breaks: for small v the relative variance keeps its digits | mistake: digits lost in a difference
import math


def relative_variance(v, d):
    return math.exp(d * math.log1p(v)) - 1
