# breaks: lognormal_log_pdf is the log density, and −∞ where z ≤ 0 | mistake: the variance for the standard deviation
import torch
from torch.distributions import LogNormal


def lognormal_log_pdf(z, mu, sigma):
    mu, sigma = (torch.as_tensor(v).to(z) for v in (mu, sigma))
    log_p = LogNormal(mu, sigma.square()).log_prob(z.where(z > 0, torch.ones_like(z)))
    return log_p.masked_fill(z <= 0, -torch.inf)
