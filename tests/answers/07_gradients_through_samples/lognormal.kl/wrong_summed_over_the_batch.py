# breaks: the divergence is the mean of log q − log p over q, in nats
import torch


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    kl = torch.log(S / s) + (s**2 + (m - M) ** 2) / (2 * S**2) - 0.5
    return kl.sum().expand(kl.shape)
