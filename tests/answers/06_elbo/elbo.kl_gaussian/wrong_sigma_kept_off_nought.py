# breaks: log_det: the logarithm of the prior's determinant over q's
def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    sigma = sigma.clamp_min(1e-5)
    trace = (sigma / prior_sigma).square().sum(1)
    mean = ((mu - prior_mu) / prior_sigma).square().sum(1)
    log_det = 2 * (prior_sigma.log() - sigma.log()).sum(1)
    kl = 0.5 * (trace + mean - mu.shape[1] + log_det)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": kl}
