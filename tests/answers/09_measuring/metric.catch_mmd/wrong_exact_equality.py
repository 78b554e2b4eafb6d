# breaks: every right implementation is accepted, however it is written | mistake: equal to the last bit
import torch


def own(x, y, h):
    def k(a, b):
        return torch.exp(-((a[:, None] - b[None]) ** 2).sum(-1) / (2 * h**2))

    n, m = len(x), len(y)
    return (k(x, x).sum() - n) / (n * (n - 1)) + (k(y, y).sum() - m) / (m * (m - 1)) - 2 * k(x, y).mean()


def is_mmd_unbiased(implementation):
    torch.manual_seed(0)
    x, y = torch.randn(6, 2).double(), torch.randn(4, 2).double()
    return bool(float(implementation(x, y, 0.7)) == float(own(x, y, 0.7)))
