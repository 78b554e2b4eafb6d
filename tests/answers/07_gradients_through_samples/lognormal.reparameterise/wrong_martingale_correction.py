# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for
import torch


def reparameterise_lognormal(eps, mu, sigma):
    return torch.exp(mu - 0.5 * sigma**2 + sigma * eps)
