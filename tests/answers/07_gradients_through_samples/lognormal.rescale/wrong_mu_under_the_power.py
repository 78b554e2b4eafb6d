# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: mu scaled as well
import math


def rescale_lognormal(z, mu, sigma):
    return (z * math.e**mu) ** sigma
