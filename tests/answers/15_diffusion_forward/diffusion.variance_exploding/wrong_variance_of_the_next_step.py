# breaks: the posterior's variance is the one that Bayes' rule gives, 0 at t = 1 | mistake: never certain
def ve_posterior(x0, xt, t, sigma):
    n = t.to(x0.dtype)
    back = (1 / n).view(-1, *[1] * (x0.dim() - 1))
    return xt + back * (x0 - xt), sigma**2 * n / (n + 1)
