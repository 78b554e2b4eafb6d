# breaks: an implementation that is off by one step is caught | mistake: ratios of neighbours only
import torch


def is_alpha_bar(implementation):
    generator = torch.Generator().manual_seed(5)
    for n in (4, 30, 90):
        beta = 0.02 + 0.3 * torch.rand(n, generator=generator)
        bars = implementation(beta)
        if bars.shape != beta.shape or not torch.allclose(bars[1:] / bars[:-1], 1 - beta[1:], rtol=1e-3):
            return False
    return True
