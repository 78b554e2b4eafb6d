# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows | mistake: the gradient of a sum
import torch


def log_abs_det_jacobian(f, x):
    if not x.requires_grad:
        x = x.detach().clone().requires_grad_()
    y = f(x)
    rows = [torch.autograd.grad(y[:, i].sum(), x, create_graph=True)[0] for i in range(x.shape[1])]
    J = torch.stack(rows, 1)
    return J.sum(1).abs().log().sum(1) + 0 * x.sum(1)
