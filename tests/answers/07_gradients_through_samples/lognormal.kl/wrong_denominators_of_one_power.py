# breaks: each term is right by itself: what the means, the spreads and the normalisers contribute
import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    return {"trace": s**2 / S, "mean": (m - M) ** 2 / S, "log_det": 2 * torch.log(S / s)}
