# breaks: implied_sigma: with it, the Gaussian loss and the weighted mean squared error differ by a constant
import math


def implied_sigma(weight, D):
    return math.sqrt((D // 2) / weight) if D > 1 else math.sqrt(1 / (2 * weight))
