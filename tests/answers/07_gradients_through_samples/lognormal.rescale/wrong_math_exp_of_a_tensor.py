# breaks: gradients arrive at every tensor among the arguments, and have the right size
import math


def rescale_lognormal(z, mu, sigma):
    return z**sigma * math.exp(mu)
