# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows
import torch


def log_abs_det_jacobian(f, x):
    x = x if x.requires_grad else x.detach().requires_grad_(True)
    means = f(x).mean(0)
    J = torch.stack([torch.autograd.grad(m, x, create_graph=True)[0] for m in means], 1)
    return torch.linalg.slogdet(J)[1]  # every entry of J is B times too small
