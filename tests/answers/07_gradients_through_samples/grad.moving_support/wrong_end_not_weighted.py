# breaks: boundary: what the moving end of the support adds | mistake: f at the end without the density
import torch


def support_terms(f, theta, u):
    z = (theta * u).requires_grad_(True)
    (slope,) = torch.autograd.grad(f(z).sum(), z)
    end = f(torch.full((1, 1), theta, dtype=u.dtype, device=u.device))[0]
    return {"score": f(theta * u) * (-1 / theta), "boundary": end, "path": slope[:, 0] * u[:, 0]}


def repairing_baseline(f, theta):
    return f(torch.full((1, 1), theta).double())[0]
