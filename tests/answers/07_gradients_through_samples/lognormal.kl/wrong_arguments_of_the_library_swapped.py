# breaks: the divergence is the mean of log q − log p over q, in nats | mistake: the wrong way round
import torch
from torch.distributions import LogNormal, kl_divergence


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    numbers = torch.broadcast_tensors(*(torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma)))
    q, prior = LogNormal(*numbers[:2]), LogNormal(*numbers[2:])
    return kl_divergence(prior, q)
