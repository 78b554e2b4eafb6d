# breaks: an implementation that shows a place its own value is caught
import torch


def is_autoregressive(implementation):
    x = 0.1 * torch.sin(torch.arange(15, dtype=torch.float64)).reshape(3, 5)
    base = implementation(x)
    for row in range(3):
        for j in range(5):
            y = x.clone()
            y[row, j] += 0.5
            change = (implementation(y) - base).abs() > 1e-6
            if not change[row, j + 1 :].all():
                return False
            change[row, j + 1 :] = False
            if change.any():
                return False
    return True
