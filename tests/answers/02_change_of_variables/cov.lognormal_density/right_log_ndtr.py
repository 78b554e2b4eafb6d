# clamps before the logarithm; the distribution function by way of its logarithm
import torch
from torch.distributions import Normal


def as_tensors(z, mu, sigma):
    return tuple(v if torch.is_tensor(v) else z.new_tensor(v) for v in (mu, sigma))


def lognormal_log_pdf(z, mu, sigma):
    mu, sigma = as_tensors(z, mu, sigma)
    log_z = torch.log(z.clamp_min(torch.finfo(z.dtype).tiny))
    log_p = Normal(mu, sigma).log_prob(log_z) - log_z
    return torch.where(z > 0, log_p, torch.full_like(log_p, -torch.inf))


def lognormal_cdf(z, mu, sigma):
    mu, sigma = as_tensors(z, mu, sigma)
    log_z = torch.where(z > 0, z, torch.ones_like(z)).log()
    p = torch.special.log_ndtr((log_z - mu) / sigma).exp()
    return torch.where(z > 0, p, torch.zeros_like(p))
