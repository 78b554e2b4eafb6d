import torch
from scipy.stats import expon


def sample_exponential(u, rate):
    return torch.tensor(expon(scale=1 / rate).ppf(u.double().cpu().numpy())).to(u)


def sample_steps(u, edges, heights):
    found = []
    steps = [k for k, h in enumerate(heights.tolist()) if h > 0]
    for share in u.tolist():
        left = share * float((heights * (edges[1:] - edges[:-1])).sum())
        for k in steps:
            area = float(heights[k] * (edges[k + 1] - edges[k]))
            if left < area or k == steps[-1]:
                break
            left -= area
        found.append(float(edges[k]) + min(left, area) / float(heights[k]))
    return torch.tensor(found, dtype=u.dtype, device=u.device)
