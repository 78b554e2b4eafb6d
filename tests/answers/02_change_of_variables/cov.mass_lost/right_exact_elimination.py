# a tensor instead of a float; elimination with exact fractions
from fractions import Fraction

import torch
from torch.distributions import Normal


def mass_kept(low, high):
    normal = Normal(torch.zeros((), dtype=torch.float64), 1.0)
    return (normal.cdf(high.double().cpu()) - normal.cdf(low.double().cpu())).prod()


def is_singular(A):
    M = [[Fraction(v) for v in row] for row in A.tolist()]
    while M:
        pivot = next((row for row in M if row[0]), None)
        if pivot is None:
            return True
        M = [[v - row[0] / pivot[0] * p for v, p in zip(row, pivot)][1:] for row in M if row is not pivot]
    return False


def sigmoid_flow_mass(A):
    D = len(A)
    return 0.0 if is_singular(A) else float(mass_kept(torch.zeros(D), torch.ones(D)))
