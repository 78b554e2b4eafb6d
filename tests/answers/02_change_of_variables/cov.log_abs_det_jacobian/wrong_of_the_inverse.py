# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows | mistake: that of the inverse map
import torch


def log_abs_det_jacobian(f, x):
    J = torch.func.vmap(torch.func.jacrev(f))(x)
    return torch.linalg.slogdet(torch.linalg.inv(J)).logabsdet
