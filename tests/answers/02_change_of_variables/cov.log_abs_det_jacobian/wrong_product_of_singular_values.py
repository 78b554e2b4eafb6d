# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows | mistake: the determinant before its logarithm
import torch
from torch.func import jacfwd, vmap


def log_abs_det_jacobian(f, x):
    R = torch.linalg.qr(vmap(jacfwd(f))(x))[1]
    return torch.log(torch.abs(torch.prod(torch.diagonal(R, dim1=-2, dim2=-1), dim=-1)))
