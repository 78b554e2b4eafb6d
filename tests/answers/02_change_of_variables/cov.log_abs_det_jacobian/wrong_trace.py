# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows
import torch
from torch.func import jacrev, vmap


def log_abs_det_jacobian(f, x):
    """tr log J, with the logarithm of the entries instead of the matrix logarithm."""
    J = vmap(jacrev(f))(x)
    return (J - torch.eye(x.shape[1]).to(J)).diagonal(dim1=1, dim2=2).sum(1)
