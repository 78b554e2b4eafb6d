# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included | mistake: the rank for the dimension
import math

import torch


def _between(a, b):
    if a > 0:
        a, b = -b, -a
    return 0.5 * (math.erfc(-b / math.sqrt(2)) - math.erfc(-a / math.sqrt(2)))


def mass_kept(low, high):
    p = 1.0
    for a, b in zip(low.tolist(), high.tolist()):
        p *= _between(a, b)
    return p


def sigmoid_flow_mass(A):
    D = A.shape[0]
    return _between(0.0, 1.0) ** int(torch.linalg.matrix_rank(A))
