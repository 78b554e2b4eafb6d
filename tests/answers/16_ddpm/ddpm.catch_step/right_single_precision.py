import torch


def is_step_back(implementation):
    beta = torch.tensor([0.3, 0.05, 0.2, 0.4, 0.1])
    bars = torch.cumprod(1 - beta, 0)
    for t in range(1, 6):
        x, e, z = torch.randn(3, 8)
        want = (x - beta[t - 1] / (1 - bars[t - 1]) ** 0.5 * e) / (1 - beta[t - 1]) ** 0.5
        want = want + beta[t - 1] ** 0.5 * z if t != 1 else want
        if (implementation(x, e, z, t, beta) - want).abs().max() > 1e-3:
            return False
    return True
