# breaks: mass_kept is the integral of the model's density over all x | mistake: the root of two is missing
import math

import torch


def _between(a, b):
    if a > 0:
        a, b = -b, -a
    return 0.5 * (math.erfc(-b) - math.erfc(-a))


def mass_kept(low, high):
    p = 1.0
    for a, b in zip(low.tolist(), high.tolist()):
        p *= _between(a, b)
    return p


def sigmoid_flow_mass(A):
    D = A.shape[0]
    if int(torch.linalg.matrix_rank(A)) < D:
        return 0.0
    return _between(0.0, 1.0) ** D
