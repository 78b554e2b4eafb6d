# breaks: trace: q's variances in units of the prior's, added up
def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = (sigma**2 / prior_sigma**2).sum()
    mean = ((mu - prior_mu) ** 2 / prior_sigma**2).sum()
    log_det = (prior_sigma**2 / sigma**2).log().sum()
    kl = 0.5 * (trace + mean - mu.numel() + log_det)
    return {k: a.repeat(len(mu)) for k, a in (("trace", trace), ("mean", mean), ("log_det", log_det), ("kl", kl))}
