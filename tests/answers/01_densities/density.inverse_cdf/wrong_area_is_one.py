# breaks: the sample from the steps has the share u of the area below it | mistake: not normalised
import torch


def sample_steps(u, edges, heights):
    area = heights * edges.diff()
    F = area.cumsum(0)
    k = torch.searchsorted(F, u).clamp(max=len(area) - 1)
    return edges[k] + (u - F[k] + area[k]) / heights[k]
