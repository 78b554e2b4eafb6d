# breaks: mean: the squared distance of the means in units of the prior's variances | mistake: the prior is taken for standard
def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    logvar = 2 * sigma.log()
    kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(dim=1)
    return {"trace": logvar.exp().sum(1), "mean": mu.pow(2).sum(1), "log_det": -logvar.sum(1), "kl": kl}
