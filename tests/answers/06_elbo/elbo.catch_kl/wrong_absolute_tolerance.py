# breaks: an implementation with a factor too many or too few is caught
import torch
from torch.distributions import Normal, kl_divergence


def is_kl(implementation):
    mu, sigma = 0.1 * torch.randn(4, 3), torch.full((4, 3), 0.9)
    want = kl_divergence(Normal(mu, sigma), Normal(torch.zeros(3), torch.ones(3))).sum(1)
    return bool((implementation(mu, sigma, torch.zeros(3), torch.ones(3)) - want).abs().max() < 0.5)
