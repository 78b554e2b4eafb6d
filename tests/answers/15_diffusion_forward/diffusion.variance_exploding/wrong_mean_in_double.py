# breaks: the result is of the type that the docstring promises
def ve_posterior(x0, xt, t, sigma):
    s = t.double()
    back = (1 / s).view(-1, *(1,) * (x0.dim() - 1))
    return xt + back * (x0 - xt), sigma**2 * (s - 1) / s
