# breaks: the arguments come back as they were given
import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = (sigma**2 / prior_sigma**2).sum(1)
    mu -= prior_mu
    mean = (mu**2 / prior_sigma**2).sum(1)
    log_det = (2 * torch.log(prior_sigma) - 2 * torch.log(sigma)).sum(1)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean - mu.shape[1] + log_det)}
