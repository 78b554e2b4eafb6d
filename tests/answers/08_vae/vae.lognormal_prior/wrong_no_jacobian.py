# breaks: log_q and log_p are the log densities of z itself under LogN(mu, sigma²) and LogN(0, 1) | mistake: the densities of log z
import torch
from torch.distributions import Normal


def lognormal_terms(mu, sigma, eps):
    z = torch.exp(mu + sigma * eps)
    log_q = Normal(mu, sigma).log_prob(z.log()).sum(-1)
    log_p = Normal(torch.zeros_like(mu), torch.ones_like(mu)).log_prob(z.log()).sum(-1)
    return {"z": z, "log_q": log_q, "log_p": log_p}
