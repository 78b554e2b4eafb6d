# breaks: the draws are the relative variance over the square of the relative error | mistake: rounded to whole draws
import math


def draws_needed(v, d, error):
    return math.ceil(math.expm1(d * math.log1p(v)) / error**2)
