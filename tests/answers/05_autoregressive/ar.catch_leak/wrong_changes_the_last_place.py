# breaks: an implementation that shows a place what comes later is caught | mistake: one place is tried
import torch


def is_autoregressive(implementation):
    torch.manual_seed(0)
    x = torch.randn(3, 5, dtype=torch.float64)
    base = implementation(x)
    for row in range(3):
        for step in (3.0, -3.0):
            y = x.clone()
            y[row, 2] += step
            change = (implementation(y) - base).abs() > 1e-6
            if not change[row, 3:].all():
                return False
            change[row, 3:] = False
            if change.any():
                return False
    return True
