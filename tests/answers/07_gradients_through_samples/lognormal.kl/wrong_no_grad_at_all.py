# breaks: gradients arrive at mu and sigma, and have the right size
import torch


def lognormal_kl(mu, sigma, prior_mu=0.0, prior_sigma=1.0):
    m, s, M, S = (torch.as_tensor(v) for v in (mu, sigma, prior_mu, prior_sigma))
    with torch.no_grad():
        ratio = s / S
        return ((m - M) / S) ** 2 / 2 + (ratio**2 - 1) / 2 - torch.log(ratio)
