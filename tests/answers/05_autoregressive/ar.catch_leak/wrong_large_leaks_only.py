# breaks: an implementation that shows a place its own value is caught | mistake: a rough tolerance
import torch


def is_autoregressive(implementation):
    torch.manual_seed(0)
    x = torch.randn(3, 5, dtype=torch.float64)
    base = implementation(x)
    for row in range(3):
        for j in range(5):
            seen = torch.zeros(5, dtype=torch.bool)
            for step in (3.0, -3.0):
                y = x.clone()
                y[row, j] += step
                change = (implementation(y) - base).abs() > 0.05
                seen |= change[row]
                change[row, j + 1 :] = False
                if change.any():
                    return False
            if not seen[j + 1 :].all():
                return False
    return True
