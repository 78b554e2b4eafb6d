# breaks: the divergence is the mean of log q − log p over q, in nats
import torch


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    # the line from a VAE, whose encoder gives log-variances
    m, v, M, V = (torch.as_tensor(x) for x in (mu, sigma, prior_mu, prior_sigma))
    return -0.5 * (1 + v - V - ((m - M) ** 2 + v.exp()) / V.exp())
