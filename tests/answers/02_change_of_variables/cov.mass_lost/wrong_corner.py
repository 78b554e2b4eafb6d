# breaks: mass_kept is the integral of the model's density over all x | mistake: a difference of two corners
import math

import torch


def _between(a, b):
    if a > 0:
        a, b = -b, -a
    return 0.5 * (math.erfc(-b / math.sqrt(2)) - math.erfc(-a / math.sqrt(2)))


def mass_kept(low, high):
    up = down = 1.0
    for a, b in zip(low.tolist(), high.tolist()):
        up *= _between(-math.inf, b)
        down *= _between(-math.inf, a)
    return up - down


def sigmoid_flow_mass(A):
    D = A.shape[0]
    if int(torch.linalg.matrix_rank(A)) < D:
        return 0.0
    return _between(0.0, 1.0) ** D
