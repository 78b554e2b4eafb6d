# breaks: boundary: what the moving end of the support adds
import torch


def support_terms(f, theta, u):
    # the end of the support, estimated by the largest sample
    z = (theta * u).requires_grad_(True)
    values = f(z)
    (slope,) = torch.autograd.grad(values.sum(), z)
    last = values.detach()[u[:, 0].argmax()]
    return {"score": -values.detach() / theta, "boundary": last / theta, "path": (slope * u)[:, 0]}


def repairing_baseline(f, theta):
    return f(torch.tensor([[theta]], dtype=torch.float64)).item()
