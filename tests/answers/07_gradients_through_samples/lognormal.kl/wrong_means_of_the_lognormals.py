# breaks: each term is right by itself: what the means, the spreads and the normalisers contribute
import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    # compares E z with E z, as if z were normal
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    gap = torch.exp(m + s**2 / 2) - torch.exp(M + S**2 / 2)
    return {"trace": s**2 / S**2, "mean": gap**2 / S**2, "log_det": 2 * torch.log(S / s)}


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return (sum(kl_terms(mu, sigma, prior_mu, prior_sigma).values()) - 1) / 2
