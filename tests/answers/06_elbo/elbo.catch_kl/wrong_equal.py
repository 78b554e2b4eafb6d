# breaks: every right implementation is accepted, however it is written | mistake: exact equality
import torch
from torch.distributions import Normal, kl_divergence


def is_kl(implementation):
    torch.manual_seed(0)
    for B, d in ((3, 2), (2, 6), (1, 300)):
        mu, sigma, prior_mu, prior_sigma = torch.randn(B, d), torch.rand(B, d), torch.randn(d), torch.rand(d)
        want = kl_divergence(Normal(mu, sigma), Normal(prior_mu, prior_sigma)).sum(1)
        if not torch.equal(implementation(mu, sigma, prior_mu, prior_sigma), want):
            return False
    return True
