import torch
from scipy.stats import expon


def sample_exponential(u, rate):
    return torch.tensor(expon(scale=1 / rate).ppf(u.double().cpu().numpy())).to(u)


def sample_steps(u, edges, heights):
    found = []
    for share in u.tolist():
        left = share * float((heights * (edges[1:] - edges[:-1])).sum())
        for k, h in enumerate(heights.tolist()):
            area = h * float(edges[k + 1] - edges[k])
            if left < area:
                break
            left -= area
        found.append(float(edges[k]) + left / h)
    return torch.tensor(found, dtype=u.dtype, device=u.device)
