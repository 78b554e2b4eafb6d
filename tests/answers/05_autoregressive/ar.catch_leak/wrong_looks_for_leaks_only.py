# breaks: an implementation that is blind to an earlier place is caught | mistake: leaks only
import torch


def is_autoregressive(implementation):
    torch.manual_seed(0)
    x = torch.randn(3, 5, dtype=torch.float64)
    base = implementation(x)
    for row in range(3):
        for j in range(5):
            for step in (3.0, -3.0):
                y = x.clone()
                y[row, j] += step
                change = (implementation(y) - base).abs() > 1e-6
                change[row, j + 1 :] = False
                if change.any():
                    return False
    return True
