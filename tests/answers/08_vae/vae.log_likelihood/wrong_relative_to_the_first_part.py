# breaks: with K draws it is the logarithm of the mean weight, for weights of any size | mistake: the first part's largest weight taken out
def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    total, top = 0, None
    for e in eps.split(at_once):
        z = mu + sigma * e
        w = log_p(z, levels).sum(-1) + (-0.5 * z**2 + 0.5 * e**2 + sigma.log()).sum(-1)
        top = w.max(0).values if top is None else top
        total = total + (w - top).exp().sum(0)
    return (total / len(eps)).log() + top
