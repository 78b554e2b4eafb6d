# breaks: an implementation that goes the other way round, in whole or in part, is caught
import torch
from torch.distributions import Normal, kl_divergence


def is_kl(implementation):
    # the means differ, the widths are the same for q and the prior
    for B, d in ((3, 2), (2, 5)):
        mu, prior_mu, width = torch.randn(B, d), torch.randn(d), torch.rand(d) + 0.2
        sigma = width.expand(B, d).clone()
        want = kl_divergence(Normal(mu, sigma), Normal(prior_mu, width)).sum(1)
        got = implementation(mu, sigma, prior_mu, width)
        if got.shape != want.shape or not torch.allclose(got, want, rtol=1e-3, atol=1e-4):
            return False
    return True
