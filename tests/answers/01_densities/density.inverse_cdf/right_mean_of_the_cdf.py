import torch


def sample_exponential(u, rate):
    return torch.special.xlog1py(-1 / rate, -u)


def sample_steps(u, edges, heights):
    width = edges[1:] - edges[:-1]
    area = heights * width / (heights * width).sum()
    before = area.cumsum(0) - area
    filled = ((u[:, None] - before) / area).nan_to_num(posinf=0.0, neginf=0.0).clamp(0, 1)  # of each step
    filled = torch.where(area > 0, filled, 0.0)
    last = (filled > 0).long().cumsum(1).argmax(1)
    return edges[last] + filled.gather(1, last[:, None])[:, 0] * width[last]
