# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows | mistake: only the diagonal
import torch


def log_abs_det_jacobian(f, x):
    """Each output differentiated with respect to its own input only."""
    x = x if x.requires_grad else x.detach().requires_grad_(True)
    y = f(x)
    total = 0
    for d in range(x.shape[1]):
        total = total + torch.autograd.grad(y[:, d].sum(), x, create_graph=True)[0][:, d].abs().log()
    return total
