# breaks: the divergence is the mean of log q − log p over q, in nats
import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s = torch.as_tensor(mu), torch.as_tensor(sigma)
    zero = 0 * (m + s + prior_mu + prior_sigma)
    return {"trace": s**2 + zero, "mean": m**2 + zero, "log_det": zero - 2 * torch.log(s)}


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return (sum(kl_terms(mu, sigma, prior_mu, prior_sigma).values()) - 1) / 2
