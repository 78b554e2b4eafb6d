# torch's LogNormal, at 1 where z ≤ 0
import torch
from torch.distributions import LogNormal


def at(z, mu, sigma):
    z, mu, sigma = torch.broadcast_tensors(z, *(torch.as_tensor(v, dtype=z.dtype, device=z.device) for v in (mu, sigma)))
    return z > 0, torch.where(z > 0, z, 1.0), LogNormal(mu, sigma)


def lognormal_log_pdf(z, mu, sigma):
    inside, safe, law = at(z, mu, sigma)
    return torch.where(inside, law.log_prob(safe), float("-inf"))


def lognormal_cdf(z, mu, sigma):
    inside, safe, law = at(z, mu, sigma)
    return law.cdf(safe) * inside
