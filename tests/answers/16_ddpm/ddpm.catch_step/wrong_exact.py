# breaks: every right implementation is accepted, however it is written
import torch


def is_step_back(implementation):
    beta = torch.tensor([0.1, 0.35, 0.2])
    bars = torch.cumprod(1 - beta, 0)
    for t in (1, 2, 3):
        x, e, z = torch.randn(3, 8)
        want = (x - beta[t - 1] / (1 - bars[t - 1]).sqrt() * e) / (1 - beta[t - 1]).sqrt()
        want = want + beta[t - 1].sqrt() * z if t > 1 else want
        if not torch.equal(implementation(x, e, z, t, beta), want):
            return False
    return True
