# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: sigma squared
import torch


def reparameterise_lognormal(eps, mu, sigma):
    covariance = sigma * sigma
    return torch.exp(covariance * eps + mu)
