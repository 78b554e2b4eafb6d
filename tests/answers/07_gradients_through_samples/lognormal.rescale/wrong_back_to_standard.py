# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: the way back
import math


def rescale_lognormal(z, mu, sigma):
    return (z / math.e**mu) ** (1 / sigma)
