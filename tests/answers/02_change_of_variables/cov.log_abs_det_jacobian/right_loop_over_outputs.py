# one gradient for each output, with its graph; the determinant from the factors of J = LU
import torch


def log_abs_det_jacobian(f, x):
    if not x.requires_grad:
        x = x.detach().requires_grad_(True)
    y = f(x)
    rows = [torch.autograd.grad(y[:, i].sum(), x, create_graph=True)[0] for i in range(x.shape[1])]
    U = torch.linalg.lu(torch.stack(rows, dim=1)).U
    return U.diagonal(dim1=-2, dim2=-1).abs().log().sum(-1)
