# slopes by central differences of the polynomial in double precision; the end by f itself
import torch


def support_terms(f, theta, u):
    z = theta * u.double()
    h = 1e-5 * theta
    slope = (f(z + h) - f(z - h)) / (2 * h)
    score = f(z) * (-1.0 / theta)
    end = f(torch.full((1, 1), theta, dtype=torch.float64, device=u.device)).item() / theta
    return {"score": score.to(u.dtype), "boundary": end, "path": (slope * u[:, 0]).to(u.dtype)}


def repairing_baseline(f, theta):
    return f(torch.tensor([[theta]]).double()).item()
