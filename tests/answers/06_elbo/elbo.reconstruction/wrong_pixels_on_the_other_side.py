# breaks: implied_sigma: with it, the Gaussian loss and the weighted mean squared error differ by a constant | mistake: upside down
import math


def implied_sigma(weight, D):
    return math.sqrt(1 / (2 * weight * D))
