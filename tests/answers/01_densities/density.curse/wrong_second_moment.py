# breaks: the relative variance of the product is (1 + v)^d − 1 | mistake: the second moment for the variance
def relative_variance(v, d):
    return (1 + v) ** d


def draws_needed(v, d, error):
    return (1 + v) ** d / error**2
