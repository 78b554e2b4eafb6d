# breaks: kl: the divergence in nats, one per item, nought where q is the prior
def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = (sigma**2 / prior_sigma**2).sum(1)
    mean = ((mu - prior_mu) ** 2 / prior_sigma**2).sum(1)
    log_det = (prior_sigma**2 / sigma**2).log().sum(1)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean - mu.shape[1]) + log_det}
