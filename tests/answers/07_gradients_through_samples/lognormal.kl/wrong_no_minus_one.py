# breaks: the divergence is the mean of log q − log p over q, in nats | mistake: the one is forgotten
import torch


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    return torch.log(S) - torch.log(s) + (s**2 + (m - M) ** 2) / (2 * S**2)
