# breaks: every row gets the logarithm of its own |det J|, also where the determinant underflows | mistake: no absolute value
import torch
from torch.func import jacrev


def log_abs_det_jacobian(f, x):
    out = []
    for row in x:
        sign, value = torch.linalg.slogdet(jacrev(f)(row))
        out.append(value if sign > 0 else value * float("nan"))
    return torch.stack(out)
