# breaks: each term is right by itself: what the means, the spreads and the normalisers contribute | mistake: the logarithm of the standard deviations
import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    var, prior_var = torch.as_tensor(sigma) ** 2, torch.as_tensor(prior_sigma) ** 2
    return {
        "mean": (mu - prior_mu) ** 2 / prior_var,
        "trace": var / prior_var,
        "log_det": torch.as_tensor(prior_sigma).log() - torch.as_tensor(sigma).log(),
    }


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    terms = kl_terms(mu, sigma, prior_mu, prior_sigma)
    return 0.5 * (terms["mean"] + terms["trace"] - 1 + terms["log_det"])
