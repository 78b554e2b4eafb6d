# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for
def rescale_lognormal(z, mu, sigma):
    return z**sigma * abs(mu)
