# breaks: an implementation with another variance is caught | mistake: t = 1 only
import torch


def is_step_back(implementation):
    beta = torch.tensor([0.1, 0.35, 0.2])
    bars = torch.cumprod(1 - beta, 0)
    for t in (1,):
        x, e, z = torch.tensor([[1.0, -2.0], [0.5, 1.0], [1.0, 1.0]])
        want = (x - beta[t - 1] / (1 - bars[t - 1]).sqrt() * e) / (1 - beta[t - 1]).sqrt()
        want = want + beta[t - 1].sqrt() * z if t > 1 else want
        if not torch.allclose(implementation(x, e, z, t, beta), want, rtol=1e-4, atol=1e-5):
            return False
    return True
