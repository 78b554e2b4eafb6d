# breaks: the result is of the type that the docstring promises


def standardise(x):
    y = x.float()
    constant = (y == y[0]).all(0)
    z = (y - y.mean(0)) / y.std(0)
    z[:, constant] = 0
    return z
