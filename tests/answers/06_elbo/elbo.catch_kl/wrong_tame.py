# breaks: an implementation that is right for some priors and sizes only is caught | mistake: nothing extreme
import torch
from torch.distributions import Normal, kl_divergence


def is_kl(implementation):
    torch.manual_seed(3)
    for B, d in ((3, 2), (2, 6), (5, 4)):
        mu, prior_mu = torch.randn(B, d).double(), torch.randn(d).double()
        sigma, prior_sigma = torch.rand(B, d).double() + 0.4, torch.rand(d).double() + 0.4
        want = kl_divergence(Normal(mu, sigma), Normal(prior_mu, prior_sigma)).sum(1)
        got = implementation(mu, sigma, prior_mu, prior_sigma)
        if got.shape != want.shape or not torch.allclose(got, want, rtol=1e-4):
            return False
    return True
