# breaks: the result is of the type that the docstring promises
import torch


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = (torch.as_tensor(v).double() for v in (mu, sigma, prior_mu, prior_sigma))
    return ((m - M) ** 2 + s**2 - S**2) / (2 * S**2) + torch.log(S / s)
