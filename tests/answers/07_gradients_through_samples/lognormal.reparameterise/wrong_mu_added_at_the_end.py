# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for | mistake: mean outside the exponential
import torch


def reparameterise_lognormal(eps, mu, sigma):
    z = torch.exp(eps) ** sigma
    return z + mu
