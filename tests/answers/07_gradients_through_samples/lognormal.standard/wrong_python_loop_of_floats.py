# breaks: gradients arrive at every tensor among the arguments, and have the right size | mistake: cut from the graph
import math

import torch


def standard_lognormal(eps):
    flat = [math.exp(e) for e in eps.flatten().tolist()]
    return torch.tensor(flat, dtype=eps.dtype, device=eps.device).reshape(eps.shape)
