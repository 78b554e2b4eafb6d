# breaks: the result is of the type that the docstring promises
import torch


def rescale_lognormal(z, mu, sigma):
    return torch.exp(mu + sigma * torch.log(z.double()))
