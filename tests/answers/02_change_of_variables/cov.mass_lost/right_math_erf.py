# math.erfc in a loop; singular values compared
import math

import torch


def upper(t):
    return math.erfc(t / math.sqrt(2)) / 2


def mass_kept(low, high):
    mass = 1.0
    for a, b in zip(low.tolist(), high.tolist()):
        mass *= upper(a) - upper(b) if a > 0 else upper(-b) - upper(-a)
    return mass


def sigmoid_flow_mass(A):
    values = torch.linalg.svdvals(A.double())
    if values[-1] <= 1e-6 * values[0]:
        return 0.0
    return mass_kept(torch.zeros(len(A)), torch.ones(len(A)))
