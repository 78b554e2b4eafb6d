# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows
import torch


def log_abs_det_jacobian(f, x, h=1e-2):
    columns = [(f(x + h * e) - f(x)) / h for e in torch.eye(x.shape[1]).to(x)]
    return torch.linalg.slogdet(torch.stack(columns, -1))[1]
