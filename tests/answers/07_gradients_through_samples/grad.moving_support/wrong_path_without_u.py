# breaks: path: the slope of f at each sample, times how fast the sample moves | mistake: the path's own speed
import torch


def support_terms(f, theta, u):
    z = (theta * u).requires_grad_(True)
    values = f(z)
    (slope,) = torch.autograd.grad(values.sum(), z)
    end = f(torch.full((1, 1), theta, dtype=u.dtype, device=u.device))[0]
    return {"score": -values.detach() / theta, "boundary": end / theta, "path": slope[:, 0]}


def repairing_baseline(f, theta):
    return f(torch.tensor([[theta]], dtype=torch.float64)).item()
