# breaks: the prior gives the interval probability 0
import math

from scipy.stats import norm


def impossible_event(mu, sigma):
    a, b = 0.0, 1e-9  # the prior gives it a probability that rounds to 0
    return a, b, norm.logpdf(b / 2, mu, sigma) + math.log(b - a)
