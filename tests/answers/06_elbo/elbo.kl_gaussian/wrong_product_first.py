# breaks: log_det: the logarithm of the prior's determinant over q's | mistake: the product before its logarithm


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = (sigma / prior_sigma).square().sum(1)
    mean = ((mu - prior_mu) / prior_sigma).square().sum(1)
    log_det = (prior_sigma.square().prod() / sigma.square().prod(1)).log()
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean - mu.shape[1] + log_det)}
