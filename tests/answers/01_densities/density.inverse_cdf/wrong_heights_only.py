# breaks: the sample from the steps has the share u of the area below it | mistake: heights for areas
import torch


def sample_steps(u, edges, heights):
    p = heights / heights.sum()
    F = p.cumsum(0)
    k = torch.searchsorted(F, u).clamp(max=len(p) - 1)
    return edges[k] + (u - F[k] + p[k]) / p[k] * (edges[k + 1] - edges[k])
