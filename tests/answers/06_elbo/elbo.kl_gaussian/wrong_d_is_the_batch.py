# breaks: kl: the divergence in nats, one per item, nought where q is the prior | mistake: the batch for the dimension
def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    d = len(mu)
    trace = (sigma / prior_sigma).square().sum(-1)
    mean = ((mu - prior_mu) / prior_sigma).square().sum(-1)
    log_det = 2 * (prior_sigma.log() - sigma.log()).sum(-1)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean - d + log_det)}
