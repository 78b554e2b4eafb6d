# breaks: the arguments come back as they were given

import torch


def mass_kept(low, high):
    low[low.isinf()] = -40.0
    high[high.isinf()] = 40.0
    return float((torch.special.ndtr(high) - torch.special.ndtr(low)).prod())


def sigmoid_flow_mass(A):
    A /= 2.0
    if torch.linalg.matrix_rank(A) < len(A):
        return 0.0
    return 0.3413447460685429 ** len(A)
