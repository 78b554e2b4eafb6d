# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails
# an error in e grows with the power that it is raised to
E = 2.71828


def standard_lognormal(eps):
    return E**eps
