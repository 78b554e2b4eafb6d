# breaks: an implementation that is wrong where little of the signal is left is caught
import torch


def is_alpha_bar(implementation):
    source = torch.Generator().manual_seed(0)
    for n in (1, 2, 3, 10, 100, 1000):
        for high in (0.01, 0.1, 0.9):
            beta = high * torch.rand(n, generator=source, dtype=torch.float64)
            found = implementation(beta)
            if found.shape != beta.shape or not bool(((found - torch.cumprod(1 - beta, 0)).abs() < 1e-6).all()):
                return False
    return True
