# breaks: every unbiased estimator is accepted, however much it scatters | mistake: refuses everything
import torch


def is_unbiased(implementation):
    torch.manual_seed(0)
    c, mu, sigma = torch.tensor([1.0, -2.0, 0.5, 0.7]).double(), 0.5, 2.0
    by_mu = c[1] + 2 * c[2] * mu + 3 * c[3] * (mu**2 + sigma**2)
    by_sigma = 2 * c[2] * sigma + 6 * c[3] * mu * sigma
    got = implementation(c, mu, sigma, torch.randn(1000, 2).double()).mean(0)
    return bool(abs(got[0] - by_mu) < 0.05 and abs(got[1] - by_sigma) < 0.05)
