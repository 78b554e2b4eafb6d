import torch
from torch.distributions import Normal, kl_divergence


def is_kl(implementation):
    torch.manual_seed(5)
    for batch, d, low in ((1, 3, 0.1), (4, 2, 0.1), (3, 3, 1e-8), (2, 700, 0.01)):
        mu, prior_mu = torch.randn(batch, d).double(), torch.randn(d).double()
        sigma, prior_sigma = low + torch.rand(batch, d).double() * 3 * low, 0.01 + torch.rand(d).double()
        want = kl_divergence(Normal(mu, sigma), Normal(prior_mu, prior_sigma)).sum(1)
        got = implementation(mu, sigma, prior_mu, prior_sigma)
        if got.shape != (batch,) or ((got - want).abs() > 1e-7 * (1 + want.abs())).any():
            return False
    return True
