# breaks: sigmoid_flow_mass is the integral of the model's density for any A, singular ones included | mistake: erf taken for the probability
from math import erf

import torch


def sigmoid_flow_mass(A):
    if torch.linalg.matrix_rank(A.double()) < len(A):
        return 0.0
    return erf(2**-0.5) ** len(A)  # Φ(1) − Φ(−1)
