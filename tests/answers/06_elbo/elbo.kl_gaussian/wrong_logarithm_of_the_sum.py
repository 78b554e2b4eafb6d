# breaks: log_det: the logarithm of the prior's determinant over q's
import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = (sigma**2 / prior_sigma**2).sum(1)
    mean = ((mu - prior_mu) ** 2 / prior_sigma**2).sum(1)
    log_det = torch.log((prior_sigma**2).sum() / (sigma**2).sum(1))
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean - mu.shape[1] + log_det)}
