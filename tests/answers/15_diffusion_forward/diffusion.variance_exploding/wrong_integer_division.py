# breaks: the posterior's mean lies on the way from x_t to x0, as Bayes' rule places it
def ve_posterior(x0, xt, t, sigma):
    share = ((t - 1) // t).to(x0.dtype)
    lead = share.view(-1, *[1] * (x0.dim() - 1))
    return lead * xt + (1 - lead) * x0, sigma**2 * share
