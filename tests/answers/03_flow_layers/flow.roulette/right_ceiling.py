import numpy as np
import torch


def draw_terms(u, p):
    return torch.clamp(torch.ceil(torch.log(u) / np.log(1 - p)), min=1)


def roulette_ladj(powers, N, p):
    terms = [(-1) ** k * powers[k] / (k + 1) / (1 - p) ** k for k in range(N)]
    return torch.stack(terms).sum(0)
