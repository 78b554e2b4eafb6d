# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows | mistake: one number for the whole batch
import torch


def log_abs_det_jacobian(f, x):
    """The Jacobian of the flattened batch."""
    J = torch.autograd.functional.jacobian(lambda v: f(v.view_as(x)).flatten(), x.flatten(), create_graph=True)
    return torch.linalg.slogdet(J)[1] * torch.ones_like(x[:, 0])
