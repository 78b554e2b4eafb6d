# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows
import torch


def log_abs_det_jacobian(f, x):
    """The outputs' gradients by their lengths: right for orthogonal rows only."""
    J = torch.func.vmap(torch.func.jacrev(f))(x)
    return torch.linalg.vector_norm(J, dim=-1).log().sum(-1)
