# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows
import torch


def log_abs_det_jacobian(f, x):
    x = x if x.requires_grad else x.detach().requires_grad_()
    y = f(x)
    rows = [torch.autograd.grad(y[:, i].sum(), x, create_graph=True)[0] for i in range(x.shape[1])]
    J = torch.stack(rows, 1)
    return torch.linalg.slogdet(J)[1].clamp(-50, 50)
