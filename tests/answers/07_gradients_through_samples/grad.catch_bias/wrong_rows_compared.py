# breaks: every unbiased estimator is accepted, however much it scatters | mistake: row by row
import torch


def is_unbiased(implementation):
    torch.manual_seed(1)
    for mu, sigma in ((0.5, 2.0), (-1.0, 0.3)):
        c, eps = torch.tensor([1.0, -2.0, 0.5, 0.7]).double(), torch.randn(50, 2).double()
        z = mu + sigma * eps
        slope = c[1] + 2 * c[2] * z + 3 * c[3] * z**2
        right = torch.stack([slope.mean(1), (slope * eps).mean(1)], dim=1)
        if not torch.allclose(implementation(c, mu, sigma, eps), right, atol=1e-8):
            return False
    return True
