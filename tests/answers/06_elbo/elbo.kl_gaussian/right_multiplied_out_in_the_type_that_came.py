# the square multiplied out, in the input's own precision
import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    weight = prior_sigma.pow(-2)
    trace = sigma**2 @ weight
    mean = (mu**2) @ weight - 2 * mu @ (prior_mu * weight) + (prior_mu**2) @ weight
    log_det = torch.log((prior_sigma / sigma) ** 2).sum(dim=1)
    print("terms", trace.shape, mean.shape, log_det.shape)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": (trace + mean + log_det) / 2 - mu.shape[1] / 2}
