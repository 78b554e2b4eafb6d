# breaks: the relative variance of the product is (1 + v)^d − 1 | mistake: variances add up
def relative_variance(v, d):
    return v * d


def draws_needed(v, d, error):
    return v * d / error**2
