# breaks: the result is of the type that the docstring promises
def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    mu, sigma, prior_mu, prior_sigma = mu.float(), sigma.float(), prior_mu.float(), prior_sigma.float()
    trace = ((sigma / prior_sigma) ** 2).sum(1)
    mean = (((mu - prior_mu) / prior_sigma) ** 2).sum(1)
    log_det = 2 * (prior_sigma.log() - sigma.log()).sum(1)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean + log_det - mu.shape[1])}
