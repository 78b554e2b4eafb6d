# breaks: lognormal_cdf is the probability of a value up to z | mistake: the root of two forgotten
import torch
from torch.special import erfc


def lognormal_cdf(z, mu, sigma):
    v = torch.where(z > 0, z, torch.ones_like(z))
    return torch.where(z > 0, 0.5 * erfc((mu - v.log()) / sigma), torch.zeros_like((v - mu) / sigma))
