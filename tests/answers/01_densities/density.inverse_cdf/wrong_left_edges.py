# breaks: the sample from the steps has the share u of the area below it | mistake: the left edge of the step
import torch


def sample_steps(u, edges, heights):
    F = (heights * edges.diff()).cumsum(0)
    return edges[torch.searchsorted(F, u * F[-1]).clamp(max=len(heights) - 1)]
