# integrates the density of the base; condition number instead of the rank
import math

import torch
from scipy.integrate import quad


def phi(t):
    return math.exp(-t * t / 2) / math.sqrt(2 * math.pi)


def mass_kept(low, high):
    parts = [quad(phi, max(float(a), -40), min(float(b), 40), epsabs=1e-12, points=[0])[0] for a, b in zip(low, high)]
    return math.prod(parts)


def sigmoid_flow_mass(A):
    if not torch.linalg.cond(A.double()) < 1e7:
        return 0.0
    return quad(phi, 0, 1, epsabs=1e-13)[0] ** A.shape[0]
