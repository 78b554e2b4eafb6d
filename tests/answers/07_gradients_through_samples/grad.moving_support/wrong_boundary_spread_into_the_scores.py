# breaks: score: f at each sample times the derivative of log q by theta
import torch


def support_terms(f, theta, u):
    # right on average: the boundary is already in the scores
    z = (theta * u).requires_grad_(True)
    values = f(z)
    (slope,) = torch.autograd.grad(values.sum(), z)
    end = f(torch.full((1, 1), theta, dtype=u.dtype, device=u.device))[0].detach()
    return {"score": (end - values.detach()) / theta, "boundary": 0.0, "path": (slope * u)[:, 0]}


def repairing_baseline(f, theta):
    return f(torch.tensor([[theta]], dtype=torch.float64)).item()
