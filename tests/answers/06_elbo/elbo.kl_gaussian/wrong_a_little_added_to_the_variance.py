# breaks: log_det: the logarithm of the prior's determinant over q's
import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = (sigma / prior_sigma).square().sum(1)
    mean = ((mu - prior_mu) / prior_sigma).square().sum(1)
    log_det = (torch.log(prior_sigma**2 + 1e-8) - torch.log(sigma**2 + 1e-8)).sum(1)
    kl = 0.5 * (trace + mean - mu.shape[1] + log_det)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": kl}
