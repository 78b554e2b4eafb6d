# breaks: an implementation that takes a standard deviation for a variance is caught | mistake: a standard prior only
import torch


def is_kl(implementation):
    zero, one = torch.zeros(3), torch.ones(3)
    for k in range(5):
        mu, sigma = torch.randn(4, 3), torch.rand(4, 3) + 0.3
        want = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
        got = implementation(mu, sigma, zero, one)
        if got.shape != want.shape or not torch.allclose(got, want, rtol=1e-4, atol=1e-5):
            return False
    return True
