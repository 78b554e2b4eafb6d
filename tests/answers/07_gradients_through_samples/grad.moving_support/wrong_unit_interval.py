# breaks: with the repairing baseline, the score-function estimator has the right mean
import torch


def support_terms(f, theta, u):
    z = (theta * u).requires_grad_(True)
    values = f(z)
    (slope,) = torch.autograd.grad(values.sum(), z)
    end = f(torch.full((1, 1), theta, dtype=u.dtype, device=u.device))[0]
    return {"score": -values.detach() / theta, "boundary": end / theta, "path": (slope * u)[:, 0]}


def repairing_baseline(f, theta):
    return f(torch.ones(1, 1, dtype=torch.float64)).item()  # as if theta were 1
