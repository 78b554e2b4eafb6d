# breaks: lognormal_cdf is the probability of a value up to z | mistake: NaN off the support
import torch


def lognormal_cdf(z, mu, sigma):
    log_z = torch.where(z <= 0, torch.nan, z).log()
    return torch.special.ndtr((log_z - mu) / sigma)
