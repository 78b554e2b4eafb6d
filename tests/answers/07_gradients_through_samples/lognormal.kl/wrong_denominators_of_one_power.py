# breaks: each term is right by itself: what the means, the spreads and the normalisers contribute
import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    return {"mean": (m - M) ** 2 / (2 * S), "variance": (s**2 / S - 1) / 2, "log": torch.log(S / s)}
