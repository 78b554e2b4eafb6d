# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for
import torch


def reparameterise_lognormal(eps, mu, sigma):
    return torch.exp((mu + sigma * eps).clamp(-1.0, 1.0))
