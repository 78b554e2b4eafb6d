# breaks: the sample from the steps has the share u of the area below it
import torch


def sample_steps(u, edges, heights):
    width = (edges[-1] - edges[0]) / len(heights)
    area = heights * width
    F = area.cumsum(0)
    k = torch.searchsorted(F, u * F[-1]).clamp(max=len(area) - 1)
    return edges[0] + k * width + (u * F[-1] - F[k] + area[k]) / heights[k]
