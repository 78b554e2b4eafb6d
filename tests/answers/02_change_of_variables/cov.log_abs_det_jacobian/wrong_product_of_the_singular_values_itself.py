# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows | mistake: the determinant, not its logarithm
import torch


def log_abs_det_jacobian(f, x):
    J = torch.func.vmap(torch.func.jacfwd(f))(x)
    return torch.linalg.slogdet(J).logabsdet.exp()
