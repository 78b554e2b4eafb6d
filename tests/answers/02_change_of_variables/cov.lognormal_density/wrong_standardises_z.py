# breaks: lognormal_cdf is the probability of a value up to z | mistake: the logarithm forgotten
import torch


def lognormal_cdf(z, mu, sigma):
    score = (z - mu) / sigma
    return torch.where(z > 0, torch.special.ndtr(score), torch.zeros_like(score))
