# breaks: mass_kept is the integral of the model's density over all x

import torch


def mass_kept(low, high):
    low, high = low.clamp(-5, 5), high.clamp(-1, 1)
    return float((torch.special.ndtr(high) - torch.special.ndtr(low)).prod())


def sigmoid_flow_mass(A):
    if torch.linalg.matrix_rank(A) < len(A):
        return 0.0
    return 0.3413447460685429 ** len(A)
