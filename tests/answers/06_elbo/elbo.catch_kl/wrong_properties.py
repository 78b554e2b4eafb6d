# breaks: an implementation with a factor too many or too few is caught | mistake: only sign and zero
import torch


def is_kl(implementation):
    for B, d in ((3, 2), (2, 7)):
        mu, sigma = torch.randn(B, d).double(), torch.rand(B, d).double() + 0.1
        if (implementation(mu, sigma, mu[0], sigma[0] + 0.5) < 0).any():
            return False
        if abs(implementation(mu[:1], sigma[:1], mu[0], sigma[0]).item()) > 1e-8:
            return False
    return True
