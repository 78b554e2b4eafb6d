# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included | mistake: a small determinant taken for none
import math

import torch


def sigmoid_flow_mass(A):
    if math.isclose(torch.det(A.double()).item(), 0.0, abs_tol=1e-4):
        return 0.0
    return (0.5 * math.erf(1 / math.sqrt(2))) ** A.shape[0]
