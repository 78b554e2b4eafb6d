# breaks: the divergence is the mean of log q − log p over q, in nats
import torch


def kl_terms(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s = torch.as_tensor(mu), torch.as_tensor(sigma)
    zero = 0 * (m + s + prior_mu + prior_sigma)
    return {"mean": m**2 / 2 + zero, "variance": (s**2 - 1) / 2 + zero, "log": zero - torch.log(s)}


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    return sum(kl_terms(mu, sigma, prior_mu, prior_sigma).values())
