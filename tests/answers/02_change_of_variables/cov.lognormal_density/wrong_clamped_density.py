# breaks: lognormal_log_pdf is the log density, and −∞ where z ≤ 0
import torch
from torch.distributions import LogNormal


def lognormal_log_pdf(z, mu, sigma):
    mu, sigma = (torch.as_tensor(v).to(z) for v in (mu, sigma))
    return LogNormal(mu, sigma).log_prob(z.clamp(min=1e-8))


def lognormal_cdf(z, mu, sigma):
    mu, sigma = (torch.as_tensor(v).to(z) for v in (mu, sigma))
    return 1 - LogNormal(mu, sigma).cdf(z.clamp(min=1e-8))
