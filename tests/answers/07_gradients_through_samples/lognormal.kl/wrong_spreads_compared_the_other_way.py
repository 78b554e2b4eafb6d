# breaks: each term is right by itself: what the means, the spreads and the normalisers contribute | mistake: the variances in the wrong order
import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    sigma, prior_sigma = torch.as_tensor(sigma), torch.as_tensor(prior_sigma)
    return {
        "mean": (mu - prior_mu) ** 2 / prior_sigma**2,
        "trace": (prior_sigma / sigma) ** 2,
        "log_det": 2 * (prior_sigma.log() - sigma.log()),
    }


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    parts = kl_terms(mu, sigma, prior_mu, prior_sigma)
    return (parts["mean"] + parts["trace"] - 1 + parts["log_det"]) / 2
