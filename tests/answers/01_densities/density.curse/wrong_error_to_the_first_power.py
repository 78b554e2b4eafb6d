# breaks: the draws are the relative variance over the square of the relative error | mistake: error, not its square
import math


def draws_needed(v, d, error):
    return math.expm1(d * math.log1p(v)) / error
