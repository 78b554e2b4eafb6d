# breaks: kl: the divergence in nats, one per item, nought where q is the prior | mistake: standard deviation for variance
def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = (sigma / prior_sigma).sum(-1)
    mean = ((mu - prior_mu) ** 2 / prior_sigma).sum(-1)
    log_det = prior_sigma.log().sum() - sigma.log().sum(-1)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": (trace + mean - mu.shape[-1] + log_det) / 2}
