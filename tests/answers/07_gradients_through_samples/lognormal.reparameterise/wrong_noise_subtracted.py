# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails | mistake: the decreasing twin
import math


def reparameterise_lognormal(eps, mu, sigma):
    return math.e ** (mu - sigma * eps)
