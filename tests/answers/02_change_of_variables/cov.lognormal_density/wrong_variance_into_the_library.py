# breaks: lognormal_cdf is the probability of a value up to z | mistake: the variance for the standard deviation
import torch
from torch.distributions import LogNormal


def lognormal_cdf(z, mu, sigma):
    mu, sigma = (torch.as_tensor(v).to(z) for v in (mu, sigma))
    inside = z > 0
    p = LogNormal(mu, sigma**2).cdf(torch.where(inside, z, torch.ones_like(z)))
    return torch.where(inside, p, torch.zeros_like(p))
