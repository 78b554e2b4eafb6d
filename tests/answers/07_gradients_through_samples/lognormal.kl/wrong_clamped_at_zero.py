# breaks: each term is right by itself: what the means, the spreads and the normalisers contribute
import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    # "a divergence is never negative", applied to each term
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    terms = {"trace": s**2 / S**2, "mean": (m - M) ** 2 / S**2, "log_det": 2 * torch.log(S / s)}
    return {name: term.clamp(min=0) for name, term in terms.items()}


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return (sum(kl_terms(mu, sigma, prior_mu, prior_sigma).values()) - 1) / 2
