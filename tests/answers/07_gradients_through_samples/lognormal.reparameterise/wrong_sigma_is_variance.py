# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: sigma read as a variance
import torch


def reparameterise_lognormal(eps, mu, sigma):
    return torch.exp(mu + sigma**0.5 * eps)
