# breaks: log_det: the logarithm of the prior's determinant over q's | mistake: the determinant without its logarithm
import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = torch.sum((sigma / prior_sigma) ** 2, 1)
    mean = torch.sum((mu - prior_mu) ** 2 / prior_sigma**2, 1)
    log_det = torch.prod(prior_sigma**2 / sigma**2, 1)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean - mu.shape[1] + log_det)}
