# breaks: score: f at each sample times the derivative of log q by theta | mistake: the boundary inside the score
import torch


def support_terms(f, theta, u):
    z = (theta * u).detach().requires_grad_()
    value = f(z)
    slope = torch.autograd.grad(value.sum(), z)[0][:, 0]
    value = value.detach()
    return {
        "score": -value / theta + float(f(torch.full((1, 1), theta, dtype=u.dtype))) / theta,
        "boundary": float(f(torch.full((1, 1), theta, dtype=u.dtype))) / theta,
        "path": slope * u[:, 0],
    }


def repairing_baseline(f, theta):
    return float(f(torch.full((1, 1), float(theta), dtype=torch.float64)))
