# breaks: lognormal_log_pdf is the log density, and −∞ where z ≤ 0 | mistake: the slope of the logarithm forgotten
import torch
from torch.distributions import Normal


def lognormal_log_pdf(z, mu, sigma):
    mu, sigma = (torch.as_tensor(v).to(z) for v in (mu, sigma))
    log_p = Normal(mu, sigma).log_prob(torch.where(z > 0, z, torch.ones_like(z)).log())
    return torch.where(z > 0, log_p, torch.full_like(log_p, float("-inf")))
