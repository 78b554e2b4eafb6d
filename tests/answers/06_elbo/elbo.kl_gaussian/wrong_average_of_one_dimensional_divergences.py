# breaks: trace: q's variances in units of the prior's, added up | mistake: mean over the dimensions
import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    trace = sigma**2 / prior_sigma**2
    mean = (mu - prior_mu) ** 2 / prior_sigma**2
    log_det = torch.log(prior_sigma**2 / sigma**2)
    terms = {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean - 1 + log_det)}
    return {k: a.mean(dim=-1) for k, a in terms.items()}
