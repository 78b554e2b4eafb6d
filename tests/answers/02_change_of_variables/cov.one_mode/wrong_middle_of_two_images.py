# breaks: the mode of a flow with constant |det J| is where its one mode must be | mistake: the mean in place of the mode
import itertools

import torch


def mode(f, D):
    """By symmetry of the base: the mean over all corners of a cube around 0."""
    corners = torch.tensor(list(itertools.product([-1.0, 1.0], repeat=D)), dtype=torch.float64)
    return f(corners).mean(dim=0)
