# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for
import torch


def rescale_lognormal(z, mu, sigma):
    return torch.exp(mu + sigma * torch.log(z) - sigma**2 / 2)
