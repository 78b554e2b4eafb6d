# breaks: each term is right by itself: what the means, the spreads and the normalisers contribute | mistake: the prior is taken for standard
import torch


def _tensors(mu, sigma, prior_mu, prior_sigma):
    kind = (
        mu.dtype
        if torch.is_tensor(mu)
        else next((p.dtype for p in (sigma, prior_mu, prior_sigma) if torch.is_tensor(p)), torch.float64)
    )
    return [torch.as_tensor(p).to(kind) for p in (mu, sigma, prior_mu, prior_sigma)]


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    mu, sigma, m, s = _tensors(mu, sigma, prior_mu, prior_sigma)
    return {"trace": sigma**2 + 0 * s, "mean": (mu - m) ** 2 / s**2, "log_det": 2 * torch.log(s / sigma)}


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    terms = kl_terms(mu, sigma, prior_mu, prior_sigma)
    return 0.5 * (terms["mean"] + terms["trace"] - 1 + terms["log_det"])
