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
    for a, b in ((x, y), (y, x), (x, x + 0.1), (5 * x, 5 * x + 0.01)):
        for h in (0.7, 2.0):
            if not abs(float(implementation(a, b, h)) - float(own(a, b, h))) < 1e-12:
                return False
    return True
