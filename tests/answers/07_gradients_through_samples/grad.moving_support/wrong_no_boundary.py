# breaks: boundary: what the moving end of the support adds | mistake: the boundary is dropped
import torch


def support_terms(f, theta, u):
    z = (theta * u).requires_grad_(True)
    values = f(z)
    (slope,) = torch.autograd.grad(values.sum(), z)
    return {"score": -values.detach() / theta, "boundary": torch.zeros(()), "path": (slope * u).squeeze(1)}


def repairing_baseline(f, theta):
    return f(torch.tensor([[theta]], dtype=torch.float64)).item()
