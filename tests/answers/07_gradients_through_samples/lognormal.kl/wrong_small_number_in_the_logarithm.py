# breaks: the divergence is the mean of log q − log p over q, in nats
import torch


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    ratio = torch.as_tensor(sigma / prior_sigma)
    return ((mu - prior_mu) / prior_sigma) ** 2 / 2 + (ratio**2 - 1) / 2 - torch.log(ratio + 1e-8)
