# breaks: line 3 puts the posterior's means in, so that x_t drops out | mistake: the factor not squared
def x0_terms(x0, x0_hat, before, now, var):
    beta = 1 - now / before
    return {"factor": before**0.5 * beta / (1 - now) / (2 * var), "square": ((x0 - x0_hat) ** 2).sum()}
