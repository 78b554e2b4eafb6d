# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: standard deviation outside
import torch


def reparameterise_lognormal(eps, mu, sigma):
    return sigma * torch.exp(mu + eps)
