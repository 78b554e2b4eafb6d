# breaks: kl: the divergence in nats, one per item, nought where q is the prior
def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = (sigma / prior_sigma).square().sum(1)
    mean = ((mu - prior_mu) / prior_sigma).square().sum(1)
    log_det = 2 * (prior_sigma.log() - sigma.log()).sum(1)
    kl = 0.5 * (trace + mean - mu.shape[1] + log_det)
    kl = kl.clamp(0, 1000)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": kl}
