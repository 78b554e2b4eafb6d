# breaks: with the repairing baseline, the score-function estimator has the right mean | mistake: a baseline repairs it
import torch


def support_terms(f, theta, u):
    z = (theta * u).requires_grad_(True)
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    end = f(torch.full((1, 1), theta, dtype=u.dtype, device=u.device))[0]
    return {"score": -f(theta * u) / theta, "boundary": end / theta, "path": (slope * u)[:, 0]}


def repairing_baseline(f, theta):
    u = (torch.arange(20_000, dtype=torch.float64) + 0.5)[:, None] / 20_000
    return f(theta * u).mean().item()
