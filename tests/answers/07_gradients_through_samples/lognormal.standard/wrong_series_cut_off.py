# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for
def standard_lognormal(eps):
    return 1 + eps + eps**2 / 2 + eps**3 / 6 + eps**4 / 24
