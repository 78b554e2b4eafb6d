import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    """Squares first: they fit into a float32, as notebook 00 says."""
    mu, sigma, prior_mu, prior_sigma = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    own, prior = sigma.square(), prior_sigma.square()
    return {"trace": own / prior, "mean": (mu - prior_mu).square() / prior, "log_det": (prior / own).log()}


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return (sum(kl_terms(mu, sigma, prior_mu, prior_sigma).values()) - 1) / 2
