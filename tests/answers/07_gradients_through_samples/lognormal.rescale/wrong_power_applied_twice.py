# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: sigma squared
import torch


def rescale_lognormal(z, mu, sigma):
    return (z**sigma) ** sigma * torch.exp(torch.zeros_like(z) + mu)
