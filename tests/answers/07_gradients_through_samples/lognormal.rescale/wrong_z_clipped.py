# breaks: a larger argument gives a larger sample, at the argument's own quantile, far into the tails
# "no sample is ever so small or so large"
import torch


def rescale_lognormal(z, mu, sigma):
    return torch.exp(mu + sigma * torch.log(z.clamp(1e-15, 1e15)))
