# breaks: mean: the squared distance of the means in units of the prior's variances | mistake: the means in another unit


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    d = mu.shape[1]
    ratio = sigma / prior_sigma
    trace = (ratio**2).sum(1)
    mean = ((mu - prior_mu) ** 2 / prior_sigma).sum(1)
    log_det = 2 * (prior_sigma.log() - sigma.log()).sum(1)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean - d + log_det)}
