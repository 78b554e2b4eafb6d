# breaks: line 3 puts the posterior's means in, so that x_t drops out | mistake: a difference for beta
def x0_terms(x0, x0_hat, before, now, var):
    beta = before - now
    on_x0 = before**0.5 * beta / (1 - now)
    return {"factor": on_x0**2 / (2 * var), "square": (x0 - x0_hat).square().sum()}
