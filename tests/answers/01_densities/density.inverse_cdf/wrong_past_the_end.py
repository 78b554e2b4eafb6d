# breaks: steps of height 0 are never landed on, and the heights need no normalisation
import torch


def sample_steps(u, edges, heights):
    width = edges.diff()
    mass = heights * width
    mass = mass / mass.sum()
    c = mass.cumsum(0)
    k = torch.searchsorted(c, u)
    before = c[k] - mass[k]
    return edges[k] + (u - before) / mass[k] * width[k]
