# breaks: the oddness is the log density, less its mean, over its standard deviation | mistake: the half counted twice
import math


def oddness(z):
    d = z.shape[1]
    return (d - (z**2).sum(1)) / math.sqrt(d / 2)
