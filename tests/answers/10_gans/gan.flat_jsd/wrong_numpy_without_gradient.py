# breaks: JSD counts the mass that the two do not share | mistake: cut from the graph
import numpy as np
import torch


def jsd_of_shift(delta, width):
    d = delta.detach().numpy()
    return torch.tensor(np.log(2) * np.minimum(np.abs(d) / width, 1), dtype=delta.dtype)


def w1_of_shift(delta, width):
    return torch.tensor(np.abs(delta.detach().numpy()))
