# breaks: the divergence is the mean of log q − log p over q, in nats | mistake: the half is forgotten
import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    ratio = torch.as_tensor(sigma / prior_sigma)
    return {"trace": ratio.square(), "mean": ((mu - prior_mu) / prior_sigma) ** 2, "log_det": -2 * ratio.log()}


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    parts = kl_terms(mu, sigma, prior_mu, prior_sigma)
    return parts["trace"] + parts["mean"] - 1 + parts["log_det"]
