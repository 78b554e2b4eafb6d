# one row after the other, torch.autograd.functional
import torch
from torch.autograd.functional import jacobian


def log_abs_det_jacobian(f, x):
    values = []
    for row in x:
        J = jacobian(f, row, create_graph=True)
        values.append(torch.linalg.slogdet(J)[1])
    return torch.stack(values)
