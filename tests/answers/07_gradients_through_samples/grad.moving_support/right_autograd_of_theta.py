# the path by differentiating with respect to theta itself, row by row
import torch
from torch.distributions import Uniform


def support_terms(f, theta, u):
    at = torch.full_like(u, theta).requires_grad_()
    (path,) = torch.autograd.grad(f(at * u).sum(), at)
    top = torch.full((len(u),), float(theta), dtype=u.dtype, device=u.device, requires_grad=True)
    log_q = Uniform(torch.zeros_like(top), top, validate_args=False).log_prob(theta * u[:, 0])
    (score,) = torch.autograd.grad(log_q.sum(), top)
    with torch.no_grad():
        last = f(torch.as_tensor([[theta]], dtype=u.dtype, device=u.device))
        return {"score": f(theta * u) * score, "boundary": last[0] / theta, "path": path[:, 0]}


def repairing_baseline(f, theta):
    return f(torch.as_tensor([[theta]], dtype=torch.float64))[0]
