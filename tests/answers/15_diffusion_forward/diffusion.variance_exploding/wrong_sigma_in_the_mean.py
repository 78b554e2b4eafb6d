# breaks: the posterior's mean lies on the way from x_t to x0, as Bayes' rule places it
def ve_posterior(x0, xt, t, sigma):
    n = t.to(x0.dtype)
    lead = n.view(-1, *[1] * (x0.dim() - 1))
    precision = 1 / ((lead - 1) * sigma**2 + 1) + 1 / sigma**2  # x0 itself taken for uncertain
    mean = (x0 / ((lead - 1) * sigma**2 + 1) + xt / sigma**2) / precision
    return mean, (1 / precision).flatten()
