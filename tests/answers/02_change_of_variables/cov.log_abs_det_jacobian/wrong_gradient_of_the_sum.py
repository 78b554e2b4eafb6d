# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows | mistake: the gradient of a sum
import torch


def log_abs_det_jacobian(f, x):
    """As in one dimension: the gradient of the sum of all outputs. That sums the columns of J."""
    x = x if x.requires_grad else x.detach().requires_grad_(True)
    slopes = torch.autograd.grad(f(x).sum(), x, create_graph=True)[0]
    return slopes.abs().log().sum(dim=1)
